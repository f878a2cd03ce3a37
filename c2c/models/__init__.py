"""ResNet and UNet generators, PatchGAN, feature networks: layers and a forward, no losses."""
