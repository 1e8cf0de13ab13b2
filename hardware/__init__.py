"""What someone needs who builds a call light: bills, labels, wiring, enclosure. No part of the product."""
