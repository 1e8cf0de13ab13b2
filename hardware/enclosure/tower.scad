// The tower: segments, one a line, screwed to each other end to end and to a foot that holds the status row.
// Segments are printed lying on their backs and drawn so: x across, y up the column, z towards the reader.

// A row of cells over a strip, open in front, with a groove along both sides for the diffuser.
module channel(cells, cell, inside) {
    length = cells * cell;
    outside = inside + 2 * wall;
    groove_from = back + mixing;
    difference() {
        translate([-outside / 2, 0, 0]) cube([outside, length, channel_depth]);
        for (index = [0:cells - 1]) {
            low = index == 0 ? end_wall : step_wall / 2;
            high = index == cells - 1 ? end_wall : step_wall / 2;
            translate([-inside / 2, index * cell + low, back]) cube([inside, cell - low - high, channel_depth]);
        }
        strip_passes(length);
        translate([-inside / 2 - groove, -1, groove_from])
            cube([inside + 2 * groove, length + 2, diffuser + clearance]);
        translate([-inside / 2, -1, groove_from]) cube([inside, length + 2, channel_depth]);
    }
}

// Under every wall between cells there is room for the strip.
module strip_passes(length) {
    slot = strip_width + 2 * clearance;
    translate([-slot / 2, -1, back]) cube([slot, length + 2, strip_height]);
}

module diffuser_for(length, inside) {
    width = inside + 2 * groove - 2 * clearance;
    translate([-width / 2, 0, back + mixing + clearance / 2]) cube([width, length, diffuser]);
}

// A diffuser is drawn in its groove; to be printed it lies on the bed.
module flat() {
    translate([0, 0, -back - mixing - clearance / 2]) children();
}

module bolt_holes(depth) {
    for (side = [-1, 1]) translate([side * bolt_aside, 0, bolt_front])
        rotate([-90, 0, 0]) translate([0, 0, -1]) cylinder(d = screw_hole, h = depth + 2, $fn = fine);
}

module line_segment() {
    difference() {
        union() {
            channel(pixels / pixels_a_step, step, lit_width);
            translate([lit_width / 2 + wall - 0.1, 0, 0]) cube([wing + 0.1, segment, back]);
        }
        bolt_holes(end_wall);
        translate([0, segment - end_wall, 0]) bolt_holes(end_wall);
    }
}

module line_diffuser() {
    diffuser_for(segment, lit_width);
}

// Ears at the back carry the row: they are screwed to the foot's front blocks. Between the row's end and the screw the
// strip's three wires come out of the channel, over the ear, and go down through a pocket in the block.
ear = 13;
ear_hole = status_pixels * pitch / 2 + 8;
pocket = [5, 6];

module status_row() {
    length = status_pixels * pitch;
    outside = status_height + 2 * wall;
    channel(status_pixels, pitch, status_height);
    difference() {
        translate([-outside / 2, -ear, 0]) cube([outside, length + 2 * ear, 3]);
        translate([-outside / 2, 0, -1]) cube([outside, length, 5]);
        translate([0, -pocket[0], 0]) strip_passes(length + 2 * pocket[0]);
        for (place = [-1, 1]) translate([0, length / 2 + place * ear_hole, -1])
            cylinder(d = screw_hole, h = 5, $fn = fine);
    }
}

module status_diffuser() {
    diffuser_for(status_pixels * pitch, status_height);
}

// The foot is drawn as it stands (x across, front at y = 0, z up) and printed on its top, without supports.
status_at = foot_height - foot_top - 2 - wall - status_height / 2;

// A column and its wing stand in the middle, or two side by side.
function column_at(column) = (column - (columns() - 1) / 2) * column_pitch - wing / 2;

// Puts a segment's drawing upright on the foot.
module on_foot(column, place) {
    translate([column_at(column), column_front + channel_depth, foot_height + place * segment]) rotate([90, 0, 0])
        children();
}

// Puts the status row's drawing behind the front wall.
module in_foot() {
    translate([-status_pixels * pitch / 2, wall + channel_depth, status_at]) rotate([90, 0, 0]) rotate([0, 0, -90])
        children();
}

module foot() {
    inner = [foot_width - 2 * wall, foot_depth - 2 * wall];
    block = (inner[0] - status_pixels * pitch) / 2 - clearance;
    difference() {
        union() {
            difference() {
                translate([-foot_width / 2, 0, 0]) cube([foot_width, foot_depth, foot_height]);
                translate([-inner[0] / 2, wall, -1]) cube([inner[0], inner[1], foot_height - foot_top + 1]);
            }
            for (side = [-1, 1]) {
                translate([side * (inner[0] / 2 - block / 2) - block / 2, wall - 0.1, 0])
                    cube([block, channel_depth - 3 + 0.1, foot_height - 1]);
                translate([side * (inner[0] / 2 - post / 2) - post / 2, foot_depth - wall - post, 0])
                    cube([post, post + 0.1, foot_height - 1]);
            }
        }
        row = status_pixels * pitch - 2 * end_wall;
        translate([-row / 2, -1, status_at - status_height / 2]) cube([row, wall + 2, status_height]);
        for (side = [-1, 1]) translate([
            side * (row / 2 + end_wall + pocket[0] / 2) - pocket[0] / 2 - 0.5,
            wall + channel_depth - 3 - pocket[1],
            -1
        ]) cube([pocket[0] + 1, pocket[1] + 0.1, status_at + strip_width / 2 + 1]);
        for (side = [-1, 1]) translate([side * ear_hole, wall + channel_depth, status_at])
            rotate([90, 0, 0]) cylinder(d = thread_hole, h = 12, $fn = fine);
        for (at = lid_screws()) translate([at[0], at[1], -1]) cylinder(d = thread_hole, h = 13, $fn = fine);
        for (column = [0:columns() - 1]) on_foot(column, 0) translate([0, -foot_top - 1, 0]) {
            bolt_holes(foot_top + 1);
            strip_passes(foot_top);
        }
        translate([0, foot_depth + 1, 14]) rotate([90, 0, 0]) cylinder(d = cable_hole, h = wall + 2, $fn = fine);
    }
}

function lid_screws() = [
    for (side = [-1, 1], y = [wall + channel_depth / 2, foot_depth - wall - post / 2])
        [side * (foot_width / 2 - wall - post / 2), y]
];

// Two of the holes screw the tower to a shelf; the pair of slots takes the cable's tie.
module foot_lid() {
    translate([0, 0, -wall]) difference() {
        translate([-foot_width / 2, 0, 0]) cube([foot_width, foot_depth, wall]);
        for (at = lid_screws()) translate([at[0], at[1], -1]) cylinder(d = screw_hole, h = wall + 2, $fn = fine);
        for (side = [-1, 1]) {
            translate([side * foot_width / 3, foot_depth / 2, -1]) cylinder(d = 4.5, h = wall + 2, $fn = fine);
            translate([side * 6 - tie[0] / 2, foot_depth - 20, -1]) cube([tie[0], tie[1], wall + 2]);
        }
    }
}
