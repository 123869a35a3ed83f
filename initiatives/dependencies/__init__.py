"""What waits for what: the arithmetic (`risk`), reading what stood on a day (`reading`), and the deeds (`actions`)."""
