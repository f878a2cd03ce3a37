"""Pictures and depth: read, listed with their hashes, split, cropped, encoded and handed to training."""
