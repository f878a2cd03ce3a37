"""Which kinds of approach have a drawing, and what it shows in words; the drawings are `drawings.html`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """A drawing of how a kind of approach works, for those who cannot see it too."""

    kind: str
    title: str
    about: str


_ABOUT = {
    "neural_style": (
        "Neural style, drawn",
        "The output starts as the input. A fixed network looks at both, and at a picture of the other city. "
        "The output is changed step by step until it has the shapes of the input and the textures of the other city.",
    ),
    "cyclegan": (
        "CycleGAN, drawn",
        "A real picture of city A goes through the generator A to B, which gives a generated picture of B. The other "
        "generator sends that back, and what returns must be the picture it began with. A discriminator compares the "
        "generated picture with real pictures of B. The same is done from B to A.",
    ),
    "cut": (
        "CUT, drawn",
        "A real picture of city A goes through one generator, which gives a generated picture of B. A patch of the "
        "output must be like the patch at the same place of the input and unlike other patches of it. A "
        "discriminator compares the output with real pictures of B.",
    ),
    "fastcut": (
        "FastCUT, drawn",
        "A real picture of city A goes through one generator, which gives a generated picture of B. A patch of the "
        "output must be like the patch at the same place of the input and unlike other patches of it, which counts ten "
        "times as much as in CUT. A discriminator compares the output with real pictures of B.",
    ),
    "pix2pix": (
        "pix2pix, drawn",
        "One half of a pair goes through a UNet, whose early layers are handed across to its late ones. Its output "
        "must be close to the other half, and a discriminator that sees both halves must take the pair for real.",
    ),
    "depth_chain": (
        "The depth chain, drawn",
        "A picture of city A goes through a network learnt in A, which gives its depth. The depth goes through a "
        "network learnt in B, which draws a picture of B. Only depth passes from the one to the other.",
    ),
    "pretrained": (
        "A pretrained generator, drawn",
        "A picture goes through a generator that was trained elsewhere, on pictures that are not known here, and comes "
        "out generated.",
    ),
}


def drawing_of(kind: str) -> Drawing | None:
    """The drawing of a kind of approach, if there is one: kinds from outside c2c have none."""
    return Drawing(kind, *_ABOUT[kind]) if kind in _ABOUT else None
