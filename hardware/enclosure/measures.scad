// Every measure of the enclosure, in millimetres, and the checks that the parts fit together. A wrong measure ends
// the rendering with one line. The pixels' side of it is appliance/core/patterns.py; a test keeps the two the same.

// The strip: WS2812B, 60 a metre. Bare ones are 10 wide, those in a sleeve 12; an LED stands 2 above its back.
pitch = 1000 / 60;
strip_width = 12;
strip_height = 3;

// A line: eight pixels, four steps of two. A step is read at 10 m if 30 of it are lit (product's rule).
pixels = 8;
pixels_a_step = 2;
lit_height_min = 30;
lines_a_column = 4;
// A column 20 wide at 1 m fills a tenth of the field in which flashes are judged (WCAG 2.3.1); keep it so.
lit_width = 20;

// Nine status pixels, one cell each, in the foot.
status_pixels = 9;
status_height = 14;
status_label = 10;

// Printing: 0.4 nozzle, bed of 220 by 220, black and opaque; diffusers white.
bed = 220;
wall = 2.4;
back = 2;
clearance = 0.3;
// Corners of a circle.
fine = 48;
step_wall = 1.6;
end_wall = 2;

// The channel: from the strip's back to the diffuser it mixes the light of pixels that stand 16.7 apart.
mixing = 15;
diffuser = 1.2;
groove = 1.2;
lip = 1.6;
channel_depth = back + mixing + diffuser + clearance + lip;

// Screws: M3, through a hole, or cutting their own thread in a printed one.
screw_hole = 3.4;
thread_hole = 2.7;
screw_head = 5.7;
// Where two segments are screwed together, seen along the column: aside of the strip and in front of it.
bolt_aside = 6.5;
bolt_front = 11;

// The wing beside each segment carries its label, which stays so far from the wing's edges and ends.
wing = 30;
label_edge = 3;
label_end = 4;

// The foot.
foot_width = 190;
foot_depth = 100;
foot_height = 40;
foot_top = 3;
column_front = 20;
column_pitch = 64;
cable_hole = 7;
tie = [4, 2];

// The box. Buttons: 24 arcade buttons that snap in, a window for the lamp above each; or 16 lit ones under a 22
// pilot light (GPIO way). Bodies are as deep as the deepest that the bill of materials names, wires included.
button_pitch = 36;
buttons_a_row = 4;
button_hole = way == "gpio" ? 16.2 : 24.2;
button_flange = way == "gpio" ? 20 : 29;
button_depth = way == "gpio" ? 32 : 34;
pilot_hole = 22.4;
pilot_flange = 29;
pilot_depth = 44;
window = [12, 8];
plug_edge = 1.2;
label_height = 9;
label_gap = 4;
margin = 3;
box_inside = way == "gpio" ? 47 : 38;
post = 8;

// The board: perforated, 40 by 60, on four corners 4 high (solder side). A Nano is 18 by 45; in sockets, it and its
// board stand 20 high. The USB hole lets a plug in whose handle is 9 high, whether the Nano stands in sockets or not.
board = [60, 40];
board_under = 4;
board_over = 20;
nano = [45, 18];
usb_hole = [14, 20];
jack_hole = 6.2;

function columns() = ceil(lines / lines_a_column);
function lines_in(column) = min(lines_a_column, lines - column * lines_a_column);
segment = pitch * pixels;
step = pitch * pixels_a_step;

assert(lines >= 1 && lines <= 8 && lines == floor(lines), "a tower has 1 to 8 lines");
assert(way == "controller" || way == "gpio", "way is controller or gpio");
assert(way == "controller" || lines <= 6, "the GPIO way has at most six lines");
assert(step - step_wall / 2 - end_wall >= lit_height_min, "a step is too low to be read at 10 m");
assert(lit_width >= strip_width + 2 * clearance, "the strip is wider than the column");
assert(status_height >= strip_width + 2 * clearance, "the strip is wider than the status row");
assert(back + strip_height < bolt_front - screw_head / 2, "the screws between segments sit on the strip");
assert(bolt_aside + screw_head / 2 <= lit_width / 2, "the screws between segments do not fit the column");
assert(wall - groove >= 0.8, "the groove for the diffuser leaves too little wall");
assert(segment <= bed && foot_width <= bed && foot_depth <= bed, "a part of the tower does not fit the bed");
assert(foot_height - foot_top - 4.4 - status_height >= status_label + 6, "no room for the label under the status row");
assert(button_flange <= button_pitch, "the buttons touch each other");
assert(board[0] >= nano[0] && board[1] >= nano[1], "the controller does not fit its board");
assert(board_under + board_over + 2 <= box_inside, "the box is too low for its board");
assert(max(button_depth, way == "gpio" ? pilot_depth : 0) + 2 <= box_inside, "the box is too low for its buttons");
