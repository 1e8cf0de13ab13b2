# sysfs.sh VENDOR PRODUCT: shows udev a machine with one USB serial adapter, a chip of pins, a headset and a keyboard on
# USB, and says what it makes of them. To be run in a mount namespace of its own: the real /sys is covered.
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
# hid PLACE NAME INTERFACES: a device on USB that is HID by its interface 1.3, and has these interfaces.
hid() {
    usb=${adapter%/1-1}/$1
    device "$usb" bus/usb "MAJOR=189\nMINOR=2\nDEVNAME=bus/usb/001/003\nDEVTYPE=usb_device\n"
    device "$usb/$1:1.3" bus/usb 'DEVTYPE=usb_interface\n'
    device "$usb/$1:1.3/0003:046D:0A44.0001" bus/hid ''
    device "$usb/$1:1.3/0003:046D:0A44.0001/hidraw/$2" class/hidraw "MAJOR=242\nMINOR=${2#hidraw}\nDEVNAME=$2\n"
    echo 046d >"$usb/idVendor"
    echo 0a44 >"$usb/idProduct"
    echo 03 >"$usb/$1:1.3/bInterfaceClass"
    echo 03 >"$usb/$1:1.3/bInterfaceNumber"
    # Of the device, of its interfaces, and of an endpoint: udev reads none that ends the file.
    printf "\022\001\000\002\000\000\000\100\155\004\104\012\000\001\000\000\000\001$3" >"$usb/descriptors"
    printf '\007\005\203\003\010\000\012' >>"$usb/descriptors"
}
# Descriptors of interfaces: audio control (1, 1), HID (3, 0), and HID as a keyboard (3, 1, 1).
hid 1-2 hidraw0 '\011\004\000\000\000\001\001\000\000\011\004\003\000\001\003\000\000\000'
hid 1-3 hidraw1 '\011\004\003\000\001\003\001\001\000'
mkdir "$adapter/power"
echo "$1" >"$adapter/idVendor"
echo "$2" >"$adapter/idProduct"
echo auto >"$adapter/power/control"
for tried in "$adapter" "$port" "$pins" "$adapter"/../1-[23]/*/*/hidraw/*; do
    echo "== ${tried##*/}"
    udevadm test --action=add "$tried" 2>&1
done
