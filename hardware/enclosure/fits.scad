// Two parts at a time, placed as they are put together: what both would fill is drawn, and must be nothing.
// Faces that touch are kept a hair apart, so that only what overlaps counts.

fit = "segment_on_segment";
hair = 0.01;

module strip(cells, cell) {
    translate([-strip_width / 2, 0, back + hair]) cube([strip_width, cells * cell, strip_height - 2 * hair]);
}

// Three wires of 1.8 side by side, out of both ends of the status row and down between ear and block.
module row_wires() {
    for (end = [-4.5, status_pixels * pitch + 0.5]) {
        translate([-5, end, 3 + hair]) cube([10, 4, 1.8]);
        translate([-5, end, 3 + hair]) cube([5 + status_at - 1, 4, 5.4]);
    }
}

module button_bodies() {
    for (at = buttons) translate([at[0], at[1], box_height - button_depth])
        cylinder(d = button_hole - 0.2, h = button_depth - hair, $fn = fine);
    for (at = pilots) translate([at[0], at[1], box_height - pilot_depth])
        cylinder(d = pilot_hole - 0.2, h = pilot_depth - hair, $fn = fine);
}

module button_flanges() {
    for (at = buttons) translate([at[0], at[1], box_height + hair]) cylinder(d = button_flange, h = 2, $fn = fine);
    for (at = pilots) translate([at[0], at[1], box_height + hair]) cylinder(d = pilot_flange, h = 2, $fn = fine);
}

module label_strips() {
    for (at = labels) translate([at[0], at[1], box_height + 1])
        cube([button_pitch - label_gap, label_height - 1, 1], center = true);
}

module windows_seen() {
    for (at = windows) translate([at[0], at[1], box_height + 1]) cube([window[0], window[1], 1], center = true);
}

module board_body() {
    translate([board_x, board_at, board_under + hair]) cube([board[0], board[1], board_over]);
}

module overlap() {
    if (fit == "segment_on_segment") intersection() {
        line_segment();
        translate([0, segment + hair, 0]) line_segment();
    } else if (fit == "diffuser_in_segment") intersection() {
        line_segment();
        line_diffuser();
    } else if (fit == "strip_in_segment") intersection() {
        line_segment();
        strip(pixels / pixels_a_step, step);
    } else if (fit == "segments_on_foot") intersection() {
        foot();
        for (column = [0:columns() - 1]) translate([0, 0, hair]) on_foot(column, 0) line_segment();
    } else if (fit == "column_beside_column") intersection() {
        on_foot(0, 0) line_segment();
        for (column = [1:1:columns() - 1]) on_foot(column, 0) line_segment();
    } else if (fit == "status_row_in_foot") intersection() {
        foot();
        translate([0, hair, 0]) in_foot() status_row();
    } else if (fit == "wires_out_of_status_row") intersection() {
        union() { foot(); in_foot() status_row(); }
        in_foot() row_wires();
    } else if (fit == "strip_in_status_row") intersection() {
        status_row();
        strip(status_pixels, pitch);
    } else if (fit == "diffuser_in_status_row") intersection() {
        status_row();
        status_diffuser();
    } else if (fit == "lid_under_foot") intersection() {
        union() { foot(); in_foot() status_row(); }
        translate([0, 0, -hair]) foot_lid();
    } else if (fit == "lid_under_box") intersection() {
        box_shell();
        translate([0, 0, -hair]) box_lid();
    } else if (fit == "buttons_in_box") intersection() {
        box_shell();
        union() { button_bodies(); button_flanges(); }
    } else if (fit == "buttons_over_board") intersection() {
        button_bodies();
        union() { board_body(); box_lid(); }
    } else if (fit == "board_in_box") intersection() {
        union() { box_shell(); box_lid(); }
        board_body();
    } else if (fit == "plugs_in_box") intersection() {
        union() { box_shell(); button_bodies(); }
        for (at = windows) translate([at[0], at[1], box_inside - diffuser - hair]) lamp_plug();
    } else if (fit == "labels_on_box") intersection() {
        label_strips();
        union() { button_flanges(); windows_seen(); }
    } else assert(false, str("no fit is called ", fit));
}
