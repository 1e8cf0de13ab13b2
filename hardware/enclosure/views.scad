// What is drawn to be looked at, and the templates to drill a bought box by.

black = [0.16, 0.16, 0.18];
white = [0.93, 0.93, 0.9];

amber = [1, 0.6, 0.1];
green = [0.3, 0.9, 0.45];
paper = [0.98, 0.98, 0.98];

// The light that a cell lets out, as it is seen through its diffuser.
module cells_view(cells, cell, inside, lit, colour) {
    for (index = [0:cells - 1]) {
        low = index == 0 ? end_wall : step_wall / 2;
        high = index == cells - 1 ? end_wall : step_wall / 2;
        color(index < lit ? colour : white) translate([-inside / 2, index * cell + low, back + mixing])
            cube([inside, cell - low - high, diffuser]);
    }
}

module line_view(lit_steps) {
    color(black) render() line_segment();
    cells_view(pixels / pixels_a_step, step, lit_width, lit_steps, amber);
    color(paper) translate([lit_width / 2 + wall + label_edge, label_end, back])
        cube([wing - 2 * label_edge, segment - 2 * label_end, 0.4]);
}

// For the picture only: the first line's caller has filled two steps, the third's one; the alive pixel is lit.
module tower_view() {
    for (column = [0:columns() - 1], place = [0:lines_in(column) - 1]) on_foot(column, place)
        line_view(column == 0 && place == 0 ? 2 : column == 0 && place == 2 ? 1 : 0);
    color(black) render() { foot(); foot_lid(); in_foot() status_row(); }
    in_foot() cells_view(status_pixels, pitch, status_height, 1, green);
    color(paper) translate([-status_pixels * pitch / 2, -0.4, 6])
        cube([status_pixels * pitch, 0.4, status_label]);
}

module box_view() {
    color(black) render() { box_shell(); box_lid(); }
    for (at = buttons) color(white) render() translate([at[0], at[1], box_height]) button_top();
    for (index = [0:1:len(windows) - 1]) color(index == 0 ? amber : white)
        translate([windows[index][0], windows[index][1], box_inside - diffuser]) lamp_plug();
    for (index = [0:1:len(pilots) - 1]) color(index == 0 ? amber : index == len(pilots) - 1 ? green : white)
        translate([pilots[index][0], pilots[index][1], box_height]) {
            cylinder(d = pilot_flange, h = 3, $fn = fine);
            cylinder(d = pilot_flange - 5, h = 11, $fn = fine);
        }
    color(paper) for (at = labels) translate([at[0], at[1], box_height])
        cube([button_pitch - label_gap, label_height - 1, 0.6], center = true);
}

module button_top() {
    difference() {
        cylinder(d = button_flange - 0.5, h = 2.5, $fn = fine);
        translate([0, 0, 1]) cylinder(d = button_hole - 3, h = 3, $fn = fine);
    }
    cylinder(d = button_hole - 4, h = 5, $fn = fine);
}

// Printed at full size, glued to a bought box and drilled through: the crosses are the middles. The bar is 100 long,
// to be measured with a ruler before anything is drilled.
module drilling_template() {
    difference() {
        translate([-box_width / 2, 0]) square([box_width, box_depth]);
        translate([-box_width / 2 + 0.4, 0.4]) square([box_width - 0.8, box_depth - 0.8]);
    }
    for (at = buttons) ring(at, button_hole);
    for (at = pilots) ring(at, pilot_hole);
    for (at = windows) translate(at) difference() {
        square(window, center = true);
        square([window[0] - 0.6, window[1] - 0.6], center = true);
    }
    for (x = [-6, 0, 6], y = [-6, 0, 6]) cross(buzzer_at + [x, y], 2);
    translate([-50, box_depth - 6]) { square([100, 0.6]); for (x = [0, 99.4]) translate([x, -3]) square([0.6, 6]); }
}

// The holes in the foot's top, for those who stand the column on a box of their own.
module foot_template() {
    difference() {
        translate([-foot_width / 2, 0]) square([foot_width, foot_depth]);
        translate([-foot_width / 2 + 0.4, 0.4]) square([foot_width - 0.8, foot_depth - 0.8]);
    }
    for (column = [0:columns() - 1]) {
        for (side = [-1, 1]) ring(
            [column_at(column) + side * bolt_aside, column_front + channel_depth - bolt_front], screw_hole
        );
        translate([column_at(column), column_front + channel_depth - back - strip_height / 2]) difference() {
            square([strip_width + 2 * clearance, strip_height], center = true);
            square([strip_width + 2 * clearance - 0.6, strip_height - 0.6], center = true);
        }
    }
    translate([-50, foot_depth - 8]) { square([100, 0.6]); for (x = [0, 99.4]) translate([x, -3]) square([0.6, 6]); }
}

module ring(at, hole) {
    translate(at) difference() {
        circle(d = hole, $fn = fine);
        circle(d = hole - 0.6, $fn = fine);
    }
    cross(at, 3);
}

module cross(at, arm) {
    translate(at) { square([2 * arm, 0.3], center = true); square([0.3, 2 * arm], center = true); }
}
