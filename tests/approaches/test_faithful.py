"""CycleGAN and pix2pix are what their papers say: their training, computed again from plain formulas in float64.

The first half of this file uses no part of c2c and no torch module, only convolutions, sums and the gradients that
autograd takes. The second half trains c2c beside it, from the same weights, pictures and chance, and compares every
loss of 20 steps.

Training a GAN is chaotic: within 20 steps one rounding more or less may change a loss by tenths of itself, here as in
the authors' code. So c2c trains on its own in float64; in float32 each of the 20 steps begins from c2c's own weights
and moments.
"""

import copy

import pytest
import torch
import torch.nn.functional as F

from c2c.approaches import build
from c2c.approaches.adam import adam
from c2c.data.datasets import DepthBatch, UnpairedBatch
from c2c.data.depth_code import DepthCode
from c2c.recipe import TrainingRecipe, recipe_from

STEPS = 20
RATE, BETA1, BETA2, EPSILON = 2e-4, 0.5, 0.999, 1e-8  # Isola et al. 3.3; the last is Kingma and Ba's

# ---------------------------------------------------------------------------------------------------------- layers


def conv(weights, name, x, stride=1, padding=0):
    return F.conv2d(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"), stride, padding)


def conv_transposed(weights, name, x, padding_out):
    """The fractionally strided convolution of both papers: twice the height and width."""
    return F.conv_transpose2d(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"), 2, 1, padding_out)


def reflected(x, pixels):
    return F.pad(x, (pixels,) * 4, mode="reflect")


def normalised(x, axes):
    mean = x.mean(axes, keepdim=True)
    return (x - mean) / ((x - mean).square().mean(axes, keepdim=True) + 1e-5).sqrt()


def instance_norm(x, weights=None, name=""):
    """Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022, eq. 3: each channel of each picture by itself."""
    return normalised(x, (2, 3))


def batch_norm(x, weights, name):
    """Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167, algorithm 1: each channel of the batch as a whole."""
    scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return normalised(x, (0, 2, 3)) * scale[:, None, None] + shift[:, None, None]


def relu(x):
    return x.clamp(min=0)


def leaky_relu(x):
    return torch.where(x > 0, x, 0.2 * x)


# -------------------------------------------------------------------------------------------------------- networks


def resnet(weights, image, blocks):
    """c7s1-64, d128, d256, R256, …, u128, u64, c7s1-3: Zhu et al., section 7.2."""
    x = relu(instance_norm(conv(weights, "stem.1", reflected(image, 3))))
    for name in ("down.0", "down.3"):
        x = relu(instance_norm(conv(weights, name, x, 2, 1)))
    for block in range(blocks):
        y = relu(instance_norm(conv(weights, f"blocks.{block}.body.1", reflected(x, 1))))
        x = x + instance_norm(conv(weights, f"blocks.{block}.body.5", reflected(y, 1)))
    for name in ("up.0", "up.3"):
        x = relu(instance_norm(conv_transposed(weights, name, x, 1)))
    return torch.tanh(conv(weights, "head.1", reflected(x, 3)))


def unet(weights, image, levels, norm, kept):
    """C64-C128-… and back, with skips: Isola et al., section 6.1.1.

    `kept` are the dropout masks, innermost first, as often as the network has dropout.
    """
    kept, skips, x = list(kept), [], image
    for level in range(levels):
        x = conv(weights, "down.0.0", x, 2, 1) if level == 0 else conv(weights, f"down.{level}.1", leaky_relu(x), 2, 1)
        if 0 < level < levels - 1:
            x = norm(x, weights, f"down.{level}.2")
        skips.append(x)
    for level in reversed(range(levels)):
        x = skips[level] if level == levels - 1 else torch.cat([skips[level], x], 1)
        x = conv_transposed(weights, f"up.{level}.1", relu(x), 0)
        if level > 0:
            x = norm(x, weights, f"up.{level}.2")
        if 4 <= level < levels - 1 and kept:
            x = x * kept.pop(0) / 0.5  # each feature is kept with probability a half
    return torch.tanh(x)


def patchgan(weights, image, norm):
    """C64-C128-C256-C512 and one score a patch: Isola et al., section 6.1.2."""
    x = leaky_relu(conv(weights, "body.0", image, 2, 1))
    for place, stride in ((2, 2), (5, 2), (8, 1)):
        x = leaky_relu(norm(conv(weights, f"body.{place}", x, stride, 1), weights, f"body.{place + 1}"))
    return conv(weights, "body.11", x, 1, 1)


# -------------------------------------------------------------------------------------------------------- training


def weights_of(network):
    return {name: value.detach().double().clone().requires_grad_(True) for name, value in network.named_parameters()}


class PlainAdam:
    """Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1."""

    def __init__(self, *networks):
        self.parameters = [weight for weights in networks for weight in weights.values()]
        self.m = self.v = [torch.zeros_like(parameter) for parameter in self.parameters]
        self.t = 0

    def descend(self, loss):
        gradients = torch.autograd.grad(loss, self.parameters)
        self.t += 1
        self.m = [BETA1 * m + (1 - BETA1) * g for m, g in zip(self.m, gradients, strict=True)]
        self.v = [BETA2 * v + (1 - BETA2) * g**2 for v, g in zip(self.v, gradients, strict=True)]
        for parameter, m, v in zip(self.parameters, self.m, self.v, strict=True):
            m, v = m / (1 - BETA1**self.t), v / (1 - BETA2**self.t)  # without their bias towards zero
            parameter.data -= RATE * m / (v.sqrt() + EPSILON)

    def follow(self, optimizer):
        """Go on from the weights and moments of torch's Adam."""
        others = optimizer.param_groups[0]["params"]
        for parameter, other in zip(self.parameters, others, strict=True):
            parameter.data.copy_(other)
        if optimizer.state:  # none before the first step
            states = [optimizer.state[other] for other in others]
            self.t = int(states[0]["step"])
            self.m, self.v = ([state[key].double() for state in states] for key in ("exp_avg", "exp_avg_sq"))


class PlainPool:
    """Zhu et al., section 4, after Shrivastava et al. 2017, https://arxiv.org/abs/1612.07828, section 2.3."""

    def __init__(self, size):
        self.size, self.images = size, []

    def exchanged(self, image):
        if self.size == 0:
            return image
        if len(self.images) < self.size:
            self.images.append(image)
            return image
        if torch.rand(()) < 0.5:
            return image
        place = torch.randint(self.size, ())
        older, self.images[place] = self.images[place], image
        return older


class PlainCycleGAN:
    """Zhu et al. 2017, https://arxiv.org/abs/1703.10593, equations 1 to 3 as sections 4 and 7.1 train them."""

    def __init__(self, approach, pool_size, identity):
        names = ("generator_ab", "generator_ba", "discriminator_a", "discriminator_b")  # G, F, D_X and D_Y of the paper
        self.g, self.f, self.d_x, self.d_y = (weights_of(approach.networks[name]) for name in names)
        self.adams = {"generators": PlainAdam(self.g, self.f), "discriminators": PlainAdam(self.d_x, self.d_y)}
        self.pool_x, self.pool_y = PlainPool(pool_size), PlainPool(pool_size)
        self.identity = identity

    def step(self, x, y, masks=()):
        def made(weights, picture):
            return resnet(weights, picture, blocks=1)

        def scores(weights, picture):
            return patchgan(weights, picture, instance_norm)

        def judged(weights, real, fake):  # section 4: LSGAN in place of eq. 1; section 7.1: halved
            return ((scores(weights, real) - 1).square().mean() + scores(weights, fake).square().mean()) / 2

        fake_y, fake_x = made(self.g, x), made(self.f, y)
        losses = {
            "adversarial_ab": (scores(self.d_y, fake_y) - 1).square().mean(),  # section 4, LSGAN
            "adversarial_ba": (scores(self.d_x, fake_x) - 1).square().mean(),
            "cycle_a": 10 * (made(self.f, fake_y) - x).abs().mean(),  # eq. 2, times λ = 10 of eq. 3
            "cycle_b": 10 * (made(self.g, fake_x) - y).abs().mean(),
        }
        if self.identity:  # section 5.2, times 0.5 λ
            losses["identity_a"] = 5 * (made(self.f, x) - x).abs().mean()
            losses["identity_b"] = 5 * (made(self.g, y) - y).abs().mean()
        self.adams["generators"].descend(sum(losses.values()))
        old_x = torch.cat([self.pool_x.exchanged(one) for one in fake_x.detach().split(1)])
        old_y = torch.cat([self.pool_y.exchanged(one) for one in fake_y.detach().split(1)])
        learning = {
            "discriminator_a": judged(self.d_x, x, old_x),
            "discriminator_b": judged(self.d_y, y, old_y),
        }
        self.adams["discriminators"].descend(sum(learning.values()))
        return losses | learning


class PlainPix2Pix:
    """Isola et al. 2017, https://arxiv.org/abs/1611.07004, equations 1, 3 and 4 as section 3.3 trains them."""

    def __init__(self, approach, norm, levels):
        self.g, self.d = weights_of(approach.networks["generator"]), weights_of(approach.networks["discriminator"])
        self.adams = {"discriminator": PlainAdam(self.d), "generator": PlainAdam(self.g)}
        self.norm, self.levels = norm, levels

    def step(self, x, y, masks=()):
        def scores(picture):
            return patchgan(self.d, torch.cat([x, picture], 1), self.norm)

        made = unet(self.g, x, self.levels, self.norm, masks)
        real, fake = scores(y).sigmoid(), scores(made.detach()).sigmoid()
        learning = -(real.log().mean() + (1 - fake).log().mean()) / 2  # eq. 1, halved by 3.3
        self.adams["discriminator"].descend(learning)
        error = (made - y).abs()
        if y.shape[1] == 2:  # depth: where there is none, the paper's mean over pixels leaves its value out
            known = y[:, 1] > 0
            error = torch.cat([error[:, 0][known], error[:, 1].flatten()])
        losses = {"adversarial": -scores(made).sigmoid().log().mean(), "l1": 100 * error.mean()}  # 3.3; eq. 3 and 4
        self.adams["generator"].descend(sum(losses.values()))
        return losses | {"discriminator": learning}


# ----------------------------------------------------------------------------------------------------------- tests

PRECISIONS = pytest.mark.parametrize(
    ("dtype", "within"), [(torch.float32, 1e-4), (torch.float64, 1e-9)], ids=["float32", "float64"]
)


def noise(step, count, channels, size=32):
    generator = torch.Generator().manual_seed(100 * channels + step)
    return torch.rand(count, channels, size, size, generator=generator) * 2 - 1


def with_chance(step, function, *arguments):
    torch.manual_seed(step)
    return {name: loss.item() for name, loss in function(*arguments).items()}


def assert_same_losses(approach, plain, batches, dtype, within, masks):
    """Train both over the batches, each given as c2c's batch and as the plain side's x and y."""
    approach.networks.to(dtype)
    for step, (batch, x, y) in enumerate(batches):
        if dtype == torch.float32:
            for name, optimizer in approach.optimizers.items():
                plain.adams[name].follow(optimizer)
        masks.clear()
        found = with_chance(step, approach.training_step, type(batch)(*(part.to(dtype) for part in batch)))
        expected = with_chance(step, plain.step, x.double(), y.double(), masks)
        assert found == pytest.approx(expected, rel=within), f"step {step}"


@PRECISIONS
@pytest.mark.parametrize(
    ("pool_size", "identity", "joint_passes", "count"),
    [(0, 0.5, False, 1), (3, 0.5, False, 1), (3, 0.0, False, 1), (3, 0.5, True, 2)],
)
def test_cyclegan_trains_as_in_its_paper(pool_size, identity, joint_passes, count, dtype, within, tiny_table):
    said = {"pool_size": pool_size, "lambda_identity": identity, "joint_passes": joint_passes}
    tiny_table["approaches"]["cyclegan"] |= said
    cyclegan = build(recipe_from(tiny_table), "cyclegan")
    plain = PlainCycleGAN(cyclegan, pool_size, identity)
    pairs = [(noise(step, count, 3), noise(step + STEPS, count, 3)) for step in range(STEPS)]

    assert_same_losses(cyclegan, plain, [(UnpairedBatch(*pair), *pair) for pair in pairs], dtype, within, [])


@PRECISIONS
@pytest.mark.parametrize(("name", "given"), [("depth-new", "depth"), ("old-depth", "picture")])
@pytest.mark.parametrize(
    ("norm", "dropout", "levels", "count"), [("batch", False, 4, 2), ("instance", False, 4, 1), ("batch", True, 6, 1)]
)
def test_pix2pix_trains_as_in_its_paper(
    norm, dropout, levels, count, name, given, dtype, within, tiny_table, monkeypatch
):
    tiny_table["size"] = size = 2 ** max(levels, 5)
    tiny_table["approaches"][name] |= {"norm": norm, "dropout": dropout, "levels": levels}
    pix2pix = build(recipe_from(tiny_table), name)
    plain = PlainPix2Pix(pix2pix, batch_norm if norm == "batch" else instance_norm, levels)
    masks, dropout_of_torch = [], F.dropout

    def noted(x, *settings):
        dropped = dropout_of_torch(torch.ones_like(x), *settings)
        masks.append((dropped > 0).double())
        return x * dropped

    monkeypatch.setattr(F, "dropout", noted)
    batches = []
    for step in range(STEPS):
        metres = noise(step, count, 1, size) * 40 + 45
        metres[..., : size // 4] = 0  # sky
        batch = DepthBatch(noise(step, count, 3, size), DepthCode().encode(metres))
        batches.append((batch, *(batch if given == "picture" else reversed(batch))))

    assert_same_losses(pix2pix, plain, batches, dtype, within, masks)
    assert len(masks) == dropout  # of six levels one has dropout


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("contrast", [0.0, 1e-4])
@pytest.mark.parametrize("name", ["cyclegan", "old-depth", "depth-new"])
def test_a_picture_of_one_colour_leaves_losses_and_weights_finite(name, contrast, precision, tiny_table):
    """A norm divides by the deviation, which is nought here; users of the authors' code met NaN (its issue 20)."""
    tiny_table["approaches"]["cyclegan"]["blocks"] = 9  # the more norms, the more they can blow up
    approach = build(recipe_from(tiny_table), name)
    for step in range(5):
        picture, other = (0.3 + contrast * noise(step + seed, 1, 3) for seed in (0, STEPS))
        metres = 20 + contrast * noise(step, 1, 1)
        batch = UnpairedBatch(picture, other)
        if name != "cyclegan":
            batch = DepthBatch(picture, DepthCode().encode(metres))
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            losses = approach.training_step(batch)

        assert all(loss.isfinite() for loss in losses.values())
        assert all(norm.isfinite() for norm in approach.gradient_norms.values())
    assert all(parameter.isfinite().all() for parameter in approach.networks.parameters())


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_fused_adam_is_adam(memory_format):
    start = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Conv2d(8, 3, 3))
    fused, plain = (copy.deepcopy(start).to(memory_format=memory_format) for _ in range(2))
    optimizers = {
        fused: adam(TrainingRecipe(learning_rate=0.01, fused_adam=True), fused.parameters()),
        plain: torch.optim.Adam(plain.parameters(), 0.01, (BETA1, BETA2), fused=False, foreach=False),
    }
    for step in range(STEPS):
        picture = noise(step, 2, 3, 9).to(memory_format=memory_format)
        for network, optimizer in optimizers.items():
            optimizer.zero_grad()
            network(picture).square().mean().backward()
            optimizer.step()

    for weight, same, before in zip(fused.parameters(), plain.parameters(), start.parameters(), strict=True):
        assert torch.allclose(weight, same, rtol=1e-4, atol=1e-5)
        assert (weight - before).abs().max() > 0.01
