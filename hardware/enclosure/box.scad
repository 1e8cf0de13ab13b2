// The box on the desk: line buttons row by row, then mute, away and owed; behind them the board. With the controller
// a window for a pixel lies above each button; on the GPIO way a pilot light above each line's lit button.
// x across, front at y = 0, z up; the shell is printed on its panel, without supports.

line_rows = ceil(lines / buttons_a_row);
row_width = way == "gpio" ? buttons_a_row : max(3, min(lines, buttons_a_row));
gap = 1.5;

// From a row's front edge: the button's middle, the lamp's middle, the label's middle, and the row's depth.
lamp_height = way == "gpio" ? pilot_flange : window[1];
button_y = button_flange / 2 + gap;
lamp_y = button_flange + 2 * gap + lamp_height / 2;
label_y = button_flange + lamp_height + 3 * gap + label_height / 2;
line_row = button_flange + lamp_height + label_height + 3 * gap;
// Mute, away and owed: lit buttons of the GPIO way have no lamp above, and the alive lamp stands beside them.
front_label_y = way == "gpio" ? max(button_flange, pilot_flange) + gap + label_height / 2 : label_y;
front_row = way == "gpio" ? max(button_flange, pilot_flange) + label_height + gap : line_row;
front_button_y = way == "gpio" ? pilot_flange / 2 : button_y;

box_width = row_width * button_pitch + 2 * margin + 2 * wall;
board_at = wall + margin + front_row + line_rows * line_row + 2;
box_depth = board_at + board[1] + 2 + wall;
box_height = box_inside + wall;

assert(box_width <= bed && box_depth <= bed, "the box does not fit the bed");

function button_x(place) = (place - (row_width - 1) / 2) * button_pitch;
// Lines are read like a page: the first row lies farthest from the hand.
function row_of(line) = wall + margin + front_row + (line_rows - 1 - floor(line / buttons_a_row)) * line_row;
line_cells = [for (line = [0:lines - 1]) [button_x(line % buttons_a_row), row_of(line)]];
front_cells = [for (place = [0:2]) [button_x(place), wall + margin]];
alive_at = [button_x(3), wall + margin + front_button_y];

buttons = concat(
    [for (cell = line_cells) [cell[0], cell[1] + button_y]],
    [for (cell = front_cells) [cell[0], cell[1] + front_button_y]]
);
windows = way == "gpio" ? [] : [for (cell = concat(line_cells, front_cells)) [cell[0], cell[1] + lamp_y]];
pilots = way == "gpio" ? concat([for (cell = line_cells) [cell[0], cell[1] + lamp_y]], [alive_at]) : [];
labels = concat(
    [for (cell = line_cells) [cell[0], cell[1] + label_y]],
    [for (cell = front_cells) [cell[0], cell[1] + front_label_y]]
);
buzzer_at = [box_width / 2 - 26, board_at + board[1] / 2];
// Screws of the lid; the one at the left stands in front of the board.
post_x = box_width / 2 - wall - post / 2;
posts = [
    [-post_x, wall + post / 2],
    [post_x, wall + post / 2],
    [-post_x, board_at - 3 - post / 2],
    [post_x, box_depth - wall - post / 2]
];

// All that is cut into the panel; the drilling template shows the same.
module panel_holes() {
    for (at = buttons) translate(at) circle(d = button_hole, $fn = fine);
    for (at = pilots) translate(at) circle(d = pilot_hole, $fn = fine);
    for (at = windows) translate(at) square(window, center = true);
    for (x = [-6, 0, 6], y = [-6, 0, 6]) translate(buzzer_at + [x, y]) circle(d = 2.5, $fn = fine);
}

module box_shell() {
    difference() {
        union() {
            difference() {
                translate([-box_width / 2, 0, 0]) cube([box_width, box_depth, box_height]);
                translate([-box_width / 2 + wall, wall, -1])
                    cube([box_width - 2 * wall, box_depth - 2 * wall, box_inside + 1]);
            }
            for (at = posts) translate([at[0] - post / 2, at[1] - post / 2, 0]) cube([post, post, box_height - 1]);
        }
        translate([0, 0, box_inside - 1]) linear_extrude(wall + 2) panel_holes();
        for (at = posts) translate([at[0], at[1], -1]) cylinder(d = thread_hole, h = 13, $fn = fine);
        back_holes();
    }
}

// In the left wall the controller's USB socket; in the back wall the tower's cable and the hook switch's jack, or
// the ribbon from the Pi.
module back_holes() {
    if (way == "gpio") {
        translate([-27, box_depth - wall - 1, 6]) cube([54, wall + 2, 4]);
    } else {
        translate([-box_width / 2 - 1, board_at + board[1] / 2 - usb_hole[0] / 2, board_under + 3])
            cube([wall + 2, usb_hole[0], usb_hole[1]]);
        for (hole = [[8, cable_hole], [30, jack_hole]]) translate([hole[0], box_depth + 1, 26])
            rotate([90, 0, 0]) cylinder(d = hole[1], h = wall + 2, $fn = fine);
    }
}

// The board lies on four corners at the left wall; a tie through the slots holds it, another one the cable.
board_x = -box_width / 2 + wall + 2;
module board_corners() {
    for (right = [0, 1], far = [0, 1]) translate([board_x + right * board[0], board_at + far * board[1], 0])
        scale([1 - 2 * right, 1 - 2 * far, 1]) difference() {
            translate([-1.6, -1.6, -0.1]) cube([6, 6, board_under + 2.1]);
            translate([-clearance, -clearance, board_under]) cube([6, 6, 3]);
        }
}

module box_lid() {
    board_corners();
    translate([0, 0, -wall]) difference() {
        translate([-box_width / 2, 0, 0]) cube([box_width, box_depth, wall]);
        for (at = posts) translate([at[0], at[1], -1]) cylinder(d = screw_hole, h = wall + 2, $fn = fine);
        for (y = [board_at - tie[1], board_at + board[1]])
            translate([board_x + board[0] / 2, y, -1]) cube([tie[0], tie[1], wall + 2]);
        for (side = [-1, 1]) translate([20 + side * 6, box_depth - 22, -1]) cube([tie[0], tie[1], wall + 2]);
    }
}

// Pressed into its window from below; the pixel is glued under it, face up.
module lamp_plug() {
    translate([-window[0] / 2 + clearance / 2, -window[1] / 2 + clearance / 2, 0])
        cube([window[0] - clearance, window[1] - clearance, wall + diffuser]);
    translate([-window[0] / 2 - plug_edge, -window[1] / 2 - plug_edge, 0])
        cube([window[0] + 2 * plug_edge, window[1] + 2 * plug_edge, diffuser]);
}
