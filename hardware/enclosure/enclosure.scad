// Choose what is drawn, here or on the command line:
//   openscad -D 'part="line_segment"' -o line_segment.stl enclosure.scad
// Parts to print are drawn as they lie on the printer's bed; `make parts` writes all of them for LINES lines.

// How many lines the tower has, 1 to 8: as many as the configuration.
lines = 4;
// "controller" or "gpio".
way = "controller";
// A part to print: line_segment, line_diffuser (one of each for every line), status_row, status_diffuser, foot,
// foot_lid, box_shell, box_lid, lamp_plug. A picture: tower, box. In the plane: drilling_template, foot_template.
// A fit: two parts that touch, of which only what overlaps is drawn (`fits.scad`).
part = "tower";

include <measures.scad>
include <tower.scad>
include <box.scad>
include <views.scad>
include <fits.scad>

if (part == "line_segment") line_segment();
else if (part == "line_diffuser") flat() line_diffuser();
else if (part == "status_row") status_row();
else if (part == "status_diffuser") flat() status_diffuser();
else if (part == "foot") translate([0, 0, foot_height]) rotate([180, 0, 0]) foot();
else if (part == "foot_lid") translate([0, 0, wall]) foot_lid();
else if (part == "box_shell") translate([0, 0, box_height]) rotate([180, 0, 0]) box_shell();
else if (part == "box_lid") translate([0, 0, wall]) box_lid();
else if (part == "lamp_plug") lamp_plug();
else if (part == "tower") tower_view();
else if (part == "box") box_view();
else if (part == "drilling_template") drilling_template();
else if (part == "foot_template") foot_template();
else if (part == "fit") overlap();
else assert(false, str("no part is called ", part));
