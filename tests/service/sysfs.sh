# sysfs.sh VENDOR PRODUCT: shows udev a machine with one USB serial adapter and one chip of pins, and says what it
# makes of them. To be run in a mount namespace of its own: the real /sys is covered.
set -e
mount -t tmpfs none /sys
export SYSTEMD_DEVICE_VERIFY_SYSFS=0
adapter=/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1
port=$adapter/1-1:1.0/ttyUSB0/tty/ttyUSB0
pins=/sys/devices/platform/pins/gpiochip0

# device FOLDER SUBSYSTEM UEVENT: a device of the kernel, as sysfs tells of it.
device() {
    mkdir -p "$1" "/sys/$2"
    ln -s "/sys/$2" "$1/subsystem"
    printf '%b' "$3" >"$1/uevent"
}
device "${adapter%/usb1/1-1}" bus/pci ''
device "${adapter%/1-1}" bus/usb 'DEVTYPE=usb_device\n'
device "$adapter" bus/usb 'MAJOR=189\nMINOR=1\nDEVNAME=bus/usb/001/002\nDEVTYPE=usb_device\n'
device "$adapter/1-1:1.0" bus/usb 'DEVTYPE=usb_interface\n'
device "$adapter/1-1:1.0/ttyUSB0" bus/usb-serial ''
device "$port" class/tty 'MAJOR=188\nMINOR=0\nDEVNAME=ttyUSB0\n'
device "$pins" bus/gpio 'MAJOR=254\nMINOR=0\nDEVNAME=gpiochip0\n'
mkdir "$adapter/power"
echo "$1" >"$adapter/idVendor"
echo "$2" >"$adapter/idProduct"
echo auto >"$adapter/power/control"
for tried in "$adapter" "$port" "$pins"; do
    echo "== ${tried##*/}"
    udevadm test --action=add "$tried" 2>&1
done
