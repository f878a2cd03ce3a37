import copy

import pytest
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from c2c.approaches import build
from c2c.approaches.cut import CUT
from c2c.data.datasets import UnpairedBatch
from c2c.errors import RecipeError
from c2c.recipe import CUTRecipe, FastCUTRecipe, recipe_from

KINDS = ("cut", "fastcut")
TAU, PATCHES = 0.07, 24


def recipe_of(table, kind, **settings):
    small = {"base_channels": 3, "blocks": 5, "discriminator_channels": 3, "projection_channels": 8, "patches": PATCHES}
    table["approaches"] = {"own": {"kind": kind, "a": "old", "b": "new", **small, **settings}}
    return recipe_from(table)


@pytest.fixture(params=KINDS)
def cut(request, tiny_table):
    return build(recipe_of(tiny_table, request.param), "own")


def batch(count=2, size=32, seed=5):
    generator = torch.Generator().manual_seed(seed)
    coarse = [torch.rand(count, 3, size // 4, size // 4, generator=generator) * 2 - 1 for _ in range(2)]
    return UnpairedBatch(*(F.interpolate(picture, size=size, mode="bilinear") for picture in coarse))


class PlainCUT:
    """CUT as its paper and its authors' code have it, written once more out of plain sums, to compare with.

    Args:
        cut: whose weights it begins with, in float64.
        weight: of PatchNCE: 1 for CUT, 10 for FastCUT.
        identity: whether it is asked of B as well.
    """

    def __init__(self, cut, weight, identity):
        self.weights = {
            name: [parameter.detach().clone().double().requires_grad_() for parameter in network.parameters()]
            for name, network in cut.networks.items()
        }
        self.weight, self.identity, self.count, self.moments = weight, identity, 0, {}

    @staticmethod
    def norm(x):
        middle = x - x.mean((2, 3), keepdim=True)
        return middle / (middle.square().mean((2, 3), keepdim=True) + 1e-5).sqrt()

    @staticmethod
    def halved(x):
        line = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype) / 4
        kernel = (line[:, None] * line).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=x.shape[1])

    @staticmethod
    def doubled(x):
        line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype) / 4
        kernel = (line[:, None] * line).expand(x.shape[1], 1, 4, 4)
        padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
        return F.conv_transpose2d(padded, kernel, stride=2, padding=3, groups=x.shape[1])

    def generated(self, image):
        """The translation, and the features that are compared."""
        weights = iter(self.weights["generator"])
        wide = F.pad(image, (3, 3, 3, 3), mode="reflect")
        found = [wide]
        x = self.norm(F.conv2d(wide, next(weights), next(weights))).relu()
        for _ in range(2):
            x = F.conv2d(x, next(weights), next(weights), padding=1)
            found.append(x)
            x = self.halved(self.norm(x).relu())
        for block in range(5):
            inner = x
            for last in (False, True):
                inner = F.conv2d(F.pad(inner, (1, 1, 1, 1), mode="reflect"), next(weights), next(weights))
                inner = self.norm(inner) if last else self.norm(inner).relu()
            x = x + inner
            if block in (0, 4):
                found.append(x)
        for _ in range(2):
            x = self.norm(F.conv2d(self.doubled(x), next(weights), next(weights), padding=1)).relu()
        return F.conv2d(F.pad(x, (3, 3, 3, 3), mode="reflect"), next(weights), next(weights)).tanh(), found

    def scores(self, image):
        weights = iter(self.weights["discriminator"])
        x = self.halved(F.leaky_relu(F.conv2d(image, next(weights), next(weights), padding=1), 0.2))
        for halves in (True, True, False):
            x = F.leaky_relu(self.norm(F.conv2d(x, next(weights), next(weights), padding=1)), 0.2)
            x = self.halved(x) if halves else x
        return F.conv2d(x, next(weights), next(weights), padding=1)

    def points(self, found, positions):
        """A list of (P, C) a layer, for one picture."""
        weights, points = iter(self.weights["projection"]), []
        for features, places in zip(found, positions, strict=True):
            patches = features.flatten(1)[:, places].T
            hidden = (patches @ next(weights).T + next(weights)).relu()
            point = hidden @ next(weights).T + next(weights)
            points.append(point / (point.square().sum(1, keepdim=True).sqrt() + 1e-7))
        return points

    def nce(self, reals, fakes, positions, flipped):
        """Mean over pictures and layers; positions is a list a picture of those a layer."""
        of_fakes, of_reals, losses = self.generated(fakes)[1], self.generated(reals)[1], []
        for picture in range(len(reals)):
            made = [features[picture].flip(2) if flipped else features[picture] for features in of_fakes]
            given = [features[picture] for features in of_reals]
            queries, keys = self.points(made, positions[picture]), self.points(given, positions[picture])
            for query, key in zip(queries, keys, strict=True):
                alike = query @ key.detach().T
                own = torch.eye(len(alike), dtype=torch.bool)
                choices = torch.cat([alike.diagonal()[:, None], alike.masked_fill(own, -10.0)], 1) / TAU
                losses.append((choices.logsumexp(1) - choices[:, 0]).mean())
        return torch.stack(losses).mean()

    def adam(self, loss, *names):
        """One step of Adam at 2e-4 for these networks."""
        weights = [weight for name in names for weight in self.weights[name]]
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            first, second = self.moments.get(weight, (0.0, 0.0))
            first, second = 0.5 * first + 0.5 * gradient, 0.999 * second + 0.001 * gradient**2
            self.moments[weight] = first, second
            mean, square = first / (1 - 0.5**self.count), second / (1 - 0.999**self.count)
            weight.data -= 2e-4 * mean / (square.sqrt() + 1e-8)

    def step(self, real_a, real_b, positions, flipped):
        """The losses of one step; positions as for `nce`, those of A's pictures and then those of B's."""
        self.count += 1
        fake = self.generated(real_a.flip(3) if flipped else real_a)[0]
        on_fake, on_real = self.scores(fake.detach()).square().mean(), (self.scores(real_b) - 1).square().mean()
        losses = {"discriminator": 0.5 * (on_fake + on_real)}
        self.adam(losses["discriminator"], "discriminator")
        losses["adversarial"] = (self.scores(fake) - 1).square().mean()
        losses["patch_nce"] = self.weight * self.nce(real_a, fake, positions[: len(real_a)], flipped)
        if self.identity:
            same = self.generated(real_b)[0]
            losses["patch_nce"] = losses["patch_nce"] / 2
            losses["patch_nce_identity"] = self.weight / 2 * self.nce(real_b, same, positions[len(real_a) :], flipped)
        self.adam(sum(losses.values()) - losses["discriminator"], "generator", "projection")
        return {name: loss.item() for name, loss in losses.items()}


def awake(cut):
    """The approach with larger weights than it begins with: those are so small that all is rounding."""
    for parameter in cut.networks.parameters():
        parameter.data.mul_(20) if parameter.dim() > 1 else nn.init.uniform_(parameter, -0.1, 0.1)
    return cut


def plain_of(cut):
    """The same with the same weights, out of plain sums."""
    fast = isinstance(cut.recipe, FastCUTRecipe)
    return PlainCUT(cut, weight=10.0 if fast else 1.0, identity=not fast)


def steps_of_both(cut, plain, dtype, steps, count=2):
    """The losses of each step: those of the approach, and those of the plain sums in float64."""
    fast, generator = isinstance(cut.recipe, FastCUTRecipe), torch.Generator().manual_seed(3)
    cut.networks.to(dtype)
    for step in range(steps):
        pictures, flipped = batch(count, seed=step), fast and step != 1
        places = [38 * 38, 32 * 32, 16 * 16, 8 * 8, 8 * 8]
        positions = [
            [torch.randperm(number, generator=generator)[:PATCHES] for number in places]
            for _ in range(count if fast else 2 * count)
        ]
        cut.flips = lambda flipped=flipped: flipped
        cut.positions = lambda maps, positions=positions: [torch.stack(layer) for layer in zip(*positions, strict=True)]
        found = cut.training_step(UnpairedBatch(*(picture.to(dtype) for picture in pictures)))
        expected = plain.step(*(picture.double() for picture in pictures), positions, flipped)
        yield {name: loss.item() for name, loss in found.items()}, expected


@pytest.mark.parametrize("count", [1, 2])
def test_every_step_is_the_one_of_the_paper_in_float64(cut, count):
    plain = plain_of(awake(cut))

    for found, expected in steps_of_both(cut, plain, torch.float64, steps=4, count=count):
        assert found == pytest.approx(expected, rel=1e-9)

    assert plain.count == 4
    for name, network in cut.networks.items():
        for weight, expected in zip(network.parameters(), plain.weights[name], strict=True):
            if weight.dim() > 1:  # a bias before an instance norm has no gradient but rounding
                assert torch.allclose(weight, expected, rtol=1e-6, atol=1e-9)


def test_the_first_step_is_the_one_of_the_paper_in_float32(cut):
    plain = plain_of(awake(cut))

    for found, expected in steps_of_both(cut, plain, torch.float32, steps=1):
        assert found == pytest.approx(expected, rel=1e-4)


def test_a_fresh_discriminator_guesses_and_losses_come_detached(cut):
    losses = cut.training_step(batch())

    assert losses["discriminator"].item() == pytest.approx(0.5, abs=0.05)  # scores near 0 instead of 0 and 1
    assert losses["adversarial"].item() == pytest.approx(1.0, abs=0.05)
    identity = [] if isinstance(cut.recipe, FastCUTRecipe) else ["patch_nce_identity"]
    assert set(losses) == {"discriminator", "adversarial", "patch_nce", *identity}
    assert all(loss > 0 and not loss.requires_grad for loss in losses.values())


def test_a_step_changes_all_three_networks_and_nothing_else(cut):
    before, pictures = copy.deepcopy(cut.networks.state_dict()), batch()
    kept = [picture.clone() for picture in pictures]

    cut.training_step(pictures)

    weights = [key for key in before if key.endswith("weight")]
    assert {key.split(".")[0] for key in weights} == {"generator", "discriminator", "projection"}
    assert all(not torch.equal(before[key], cut.networks.state_dict()[key]) for key in weights)
    assert all(torch.equal(now, then) for now, then in zip(pictures, kept, strict=True))


def test_generator_and_projection_share_an_optimizer_and_the_discriminator_has_its_own(cut):
    cut.training_step(batch())

    held = {
        name: {id(weight) for group in optimizer.param_groups for weight in group["params"]}
        for name, optimizer in cut.optimizers.items()
    }
    of = {name: {id(weight) for weight in network.parameters()} for name, network in cut.networks.items()}
    assert held == {"generator": of["generator"] | of["projection"], "discriminator": of["discriminator"]}
    assert all(norm > 0 for norm in cut.gradient_norms.values())


def test_the_generators_step_gives_the_discriminator_no_gradient(cut, monkeypatch):
    seen = []
    step = cut.optimizers["generator"].step

    def watched():
        seen.extend(weight.grad for weight in cut.networks["discriminator"].parameters())
        step()

    monkeypatch.setattr(cut.optimizers["generator"], "step", watched)
    cut.optimizers["discriminator"].step = lambda: cut.networks["discriminator"].zero_grad()

    cut.training_step(batch())

    assert seen
    assert all(gradient is None for gradient in seen)


def test_the_same_seed_gives_the_same_step_and_another_seed_other_places(cut):
    found = []
    for seed in (1, 1, 2):
        fresh = copy.deepcopy(cut)
        torch.manual_seed(seed)
        found.append(fresh.training_step(batch())["patch_nce"].item())

    assert found[0] == found[1] != found[2]


def test_half_of_the_steps_are_flipped(cut):
    assert 400 < sum(cut.flips() for _ in range(1000)) < 600


class Counted(nn.Module):
    """A wrapper that counts the passes through it that learn, and lets nothing else be called."""

    def __init__(self, network):
        super().__init__()
        self.network, self.passes = [network], 0

    def forward(self, *given):
        self.passes += torch.is_grad_enabled()
        return self.network[0](*given)


def test_all_that_learns_goes_through_what_the_networks_are_wrapped_in(cut):
    cut.wrap(Counted)

    cut.training_step(batch())

    assert (cut.generator.passes, cut.discriminator.passes, cut.projection.passes) == (2, 2, 1)


@pytest.fixture
def one_process(tmp_path):
    """Torch's distributed training, with a single process."""
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("one_process")
def test_distributed_it_takes_the_same_steps(cut):
    wrapped = copy.deepcopy(cut)
    wrapped.wrap(DistributedDataParallel)

    for step in range(3):
        losses = []
        for one in (cut, wrapped):
            torch.manual_seed(step)
            losses.append({name: loss.item() for name, loss in one.training_step(batch(seed=step)).items()})
        assert losses[0] == losses[1]


def test_in_bfloat16_every_weight_still_has_a_gradient(cut):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = awake(cut).training_step(batch())

    assert all(loss.isfinite() for loss in losses.values())
    assert all(weight.grad.isfinite().all() for weight in cut.networks.parameters())
    assert all(weight.grad.any() for weight in cut.networks.parameters() if weight.dim() > 1)


@torch.no_grad()
def test_it_translates_one_way_and_shows_only_the_fake(cut):
    picture, (direction,) = batch().real_a, cut.directions

    assert (direction.source, direction.target, direction.keeps_shape) == ("old", "new", False)
    assert cut.panels(direction) == {"fake": "image"}
    made = cut.translate(picture, direction)
    assert list(made) == ["fake"]
    assert torch.equal(made["fake"], cut.networks["generator"](picture))


def test_a_fresh_one_takes_up_where_another_left_off(cut, tiny_table):
    torch.manual_seed(0)
    cut.training_step(batch())
    other = build(recipe_of(tiny_table, cut.recipe.kind), "own")
    other.networks.load_state_dict(cut.networks.state_dict())
    for name, optimizer in cut.optimizers.items():
        other.optimizers[name].load_state_dict(copy.deepcopy(optimizer.state_dict()))

    for one in (cut, other):
        torch.manual_seed(1)
        one.training_step(batch(seed=6))

    assert all(torch.equal(value, cut.networks.state_dict()[key]) for key, value in other.networks.state_dict().items())


@pytest.mark.parametrize("kind", KINDS)
def test_the_papers_networks_are_the_default(kind, tiny_table):
    tiny_table["approaches"] = {"own": {"kind": kind, "a": "old", "b": "new"}}

    with torch.device("meta"):
        approach = build(recipe_from(tiny_table), "own")

    assert type(approach) is CUT
    assert sum(weight.numel() for weight in approach.generator.parameters()) == 11_378_179
    assert sum(weight.numel() for weight in approach.discriminator.parameters()) == 2_764_737
    assert [head[0].in_features for head in approach.projection.heads] == [3, 128, 256, 256, 256]
    assert all(head[2].weight.shape == (256, 256) for head in approach.projection.heads)


def test_cut_is_the_papers_unless_told_otherwise():
    paper = CUTRecipe(a="paris", b="burano")

    assert (paper.lambda_nce, paper.nce_identity, paper.flip_equivariance) == (1.0, True, False)
    assert (paper.nce_layers, paper.patches, paper.temperature) == ((0, 4, 8, 12, 16), 256, 0.07)
    assert (paper.training.epochs, paper.training.constant_share) == (400, 0.5)
    assert (paper.training.learning_rate, paper.training.beta1, paper.training.beta2) == (2e-4, 0.5, 0.999)


def test_fastcut_is_the_papers_unless_told_otherwise():
    paper = FastCUTRecipe(a="paris", b="burano")

    assert (paper.lambda_nce, paper.nce_identity, paper.flip_equivariance) == (10.0, False, True)
    assert paper.training.epochs * paper.training.constant_share == 150
    assert (paper.training.epochs, paper.training.learning_rate) == (200, 2e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_shared_by_all_leaves_what_it_does_not_say(kind, tiny_table):
    own = recipe_of(tiny_table, kind).approaches["own"]

    assert own.training.steps == 4
    assert own.training.epochs == {"cut": 400, "fastcut": 200}[kind]


@pytest.mark.parametrize(
    ("layers", "blocks"), [([0, 4, 8, 12, 16], 4), ([], 9), ([4, 0], 9), ([0, 4, 4], 9), ([30], 9)]
)
def test_layers_that_are_not_there_are_answered_with_those_that_are(layers, blocks, tiny_table):
    with pytest.raises(RecipeError, match=r"approaches\.own\.nce_layers is \[") as found:
        recipe_of(tiny_table, "cut", nce_layers=layers, blocks=blocks)

    assert f"from 0 to {11 + blocks} with blocks = {blocks}" in str(found.value)
