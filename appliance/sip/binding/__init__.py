"""The build of the pjsua2 binding: pjproject's tarball in, one wheel in the user's cache folder out.

`python3 -m appliance.sip.binding` prints the path of the wheel and builds it where no cached one fits. It
runs before any virtual environment exists, so this package uses the standard library only, and neither pip
nor setuptools: it compiles SWIG's wrapper and packs the wheel itself, and downloads nothing but the tarball.
"""
