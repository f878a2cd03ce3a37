"""A trained approach and a folder of pictures -> folders of pictures."""
