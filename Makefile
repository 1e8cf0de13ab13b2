# Everything a visitor or a developer runs. Each target sets up what it needs first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo firmware emulator lint test soak bench simulate pictures parts labels bill trial install uninstall lock clean

# The demo ends by itself after so many seconds where it has no terminal.
SECONDS_MAX ?= 30
# Which forty pictures `make trial` draws.
SEED ?= 1
# How many practices `make simulate` runs.
SEEDS ?= 1000
# What `make parts` and `make labels` are for.
LINES ?= 4
WAY ?= controller
CONFIG ?= /etc/call-light/call-light.toml
# The image that ships with the unit, which has no compiler for it: committed with the source that it is made of.
SHIPPED := appliance/tower/flashing/tower.hex
# What the demo's towers are: the real firmware on emulated boards, or the units' pictures as they are (terminal).
TOWER ?= emulated
export SECONDS_MAX TOWER

help: ## list the targets
	@sed -n 's/^\([a-z]*\): [^#]*## \(.*\)/  make \1 \2/p' $(MAKEFILE_LIST) | awk '{ t = $$2; $$1 = $$2 = ""; printf "  make %-9s %s\n", t, $$0 }'

setup: ## packages, pjsua2, virtual environment; does nothing when all is there
	@.ci/setup

demo: setup ## a practice: real SIP callers, two units, and keys that take them (Ctrl-C ends it)
	@exec .venv/bin/python -m tests.practice.demo

firmware: setup ## build the firmware of a tower, and put it where `call-light flash-tower` finds it
	@$(MAKE) --no-print-directory -C firmware all size
	@cmp -s firmware/build/tower.hex $(SHIPPED) || cp firmware/build/tower.hex $(SHIPPED)

emulator: firmware ## run that firmware on an emulated board, drawn in this terminal; a unit can open its port
	@$(MAKE) --no-print-directory -s -C firmware/sim
	@exec build/emulator --screen firmware/build/tower.hex

lint: setup ## ruff, mypy, and cppcheck for the firmware and its emulator
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(MAKE) --no-print-directory -s -C firmware lint
	@$(MAKE) --no-print-directory -s -C firmware/sim lint

test: lint ## lint, strict types, and the whole suite
	@.venv/bin/python -m tests.service.roots
	@.venv/bin/python -m tests.asyncapi
	@$(MAKE) --no-print-directory -s -C firmware all host
	@$(MAKE) --no-print-directory -s -C firmware/sim
	@exec .venv/bin/python -m pytest --numprocesses 2

soak: ## the long forms of the tests, and the service on a Raspberry Pi's Debian in emulation
	@.ci/setup soak
	@exec .venv/bin/python -m pytest -m soak -o faulthandler_timeout=3600

bench: setup ## measure the figures that README quotes
	@exec .venv/bin/python -m tests.bench

simulate: setup ## run SEEDS simulated practices (SEEDS=100000 for a night)
	@exec .venv/bin/call-light simulate --seeds $(SEEDS)

pictures: setup ## draw hardware/pictures/ anew: enclosure and wiring
	@exec .venv/bin/python -m hardware.render pictures

parts: setup ## parts to print and drilling templates, in build/hardware/ (LINES=4, WAY=controller or gpio)
	@exec .venv/bin/python -m hardware.render parts --lines $(LINES) --way $(WAY)

labels: setup ## the labels of CONFIG, as a page to print: build/hardware/labels.html
	@mkdir -p build/hardware
	@.venv/bin/python -m hardware.labels $(CONFIG) >build/hardware/labels.new
	@mv build/hardware/labels.new build/hardware/labels.html && echo build/hardware/labels.html

bill: setup ## what a unit costs, each way
	@exec .venv/bin/python -m hardware.bill

trial: setup ## forty pictures of towers to name with the legend alone, and the key apart (SEED=2 for others)
	@exec .venv/bin/python -m tests.trial $(SEED)

install: ## as root: this checkout as a service of this machine, or upgrade the one that runs (BROKER=yes)
	@systemd/install

uninstall: ## as root: take the service away; configuration and state stay
	@systemd/uninstall

lock: ## refresh requirements.lock from pyproject.toml
	@.ci/lock

clean: ## remove what the other targets made in this folder (the cache of wheels stays)
	rm -rf .venv build firmware/build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
