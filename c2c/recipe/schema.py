"""What a recipe can say: frozen dataclasses whose defaults are the papers'.

Sources of the defaults are named beside them:
[C2C] Zhou and Jiang, City2City; [CG] Zhu et al. 2017, https://arxiv.org/abs/1703.10593;
[P2P] Isola et al. 2017, https://arxiv.org/abs/1611.07004; [NS] Gatys et al. 2015, https://arxiv.org/abs/1508.06576;
[CUT] Park et al. 2020, https://arxiv.org/abs/2007.15651. What that paper leaves open is as in its authors' code;
[AC] the authors' code of CycleGAN and pix2pix, https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix.
"""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from c2c.errors import RecipeError
from c2c.recipe.directions import Direction

Count = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0, lt=1e9)]
Weight = Annotated[float, Meta(ge=0, lt=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]
Momentum = Annotated[float, Meta(ge=0, lt=1)]
Needs = Literal["unpaired", "depth_pairs", "style_pictures", "trained_halves", "a_file"]
BY_STEPS = ("unpaired", "depth_pairs")  # the needs of approaches that are trained by steps
Remedy = Literal["note", "stop", "roll_back"]


@dataclass(frozen=True)
class CityRecipe:
    """Where a city's pictures come from: a folder, or Toytown."""

    folder: str = ""  # a folder of pictures, or of rgb/ beside depth/; relative to where c2c is called
    toytown: str = ""  # "manhattan", "paris" or "burano"
    group: str = ""  # regular expression on the path; what it captures are pictures that stay in one split
    split: Literal["hash", "time", "place"] = "hash"  # "time": the last groups are the test; "place": by neighbourhood
    gap: Natural = 0  # with "time": groups left out between training and test, because neighbours are nearly the same
    neighbourhood_m: Positive = 100.0  # with "place": side of the squares that are held out whole
    gap_m: Weight = 25.0  # with "place": pictures for training nearer than that to one of the test are left out
    depth_scale: Positive = 256.0  # uint16 value of one metre
    note: str = ""  # licence or origin, shown on the site


@dataclass(frozen=True)
class ToytownRecipe:
    """How many views of each procedural city, and how large."""

    train: Count = 300  # views to learn from
    val: Natural = 48  # views for validation; also the other half of real against real
    test: Count = 48  # views to translate and score
    train_size: Count = 144  # side of a training view, in pixels
    test_size: Count = 256  # side of the other views, in pixels; the largest size of the recipe where that is larger


@dataclass(frozen=True)
class DataRecipe:
    """How folders are split and pictures are cropped for training."""

    val_fraction: Share = 0.0  # of the groups, for validation
    test_fraction: Share = 0.1  # of the groups, to translate and score
    max_test: Natural = 0  # 0: every test picture
    leaks: Literal["refuse", "regroup", "allow"] = "refuse"  # what becomes of pictures that give away another split's
    jitter: Annotated[float, Meta(ge=1, le=8)] = 286 / 256  # [P2P] 6.2, [AC]: resized to 286, cropped at random to 256
    flip: bool = True  # left and right swapped, half of the time; [P2P] 6.2, [AC]
    workers: Natural = 0  # processes that read pictures beside the training; 0: none
    cache_mib: Natural = 1024  # memory for pictures already read and resized


@dataclass(frozen=True)
class HealthRecipe:
    """What is noticed while a training runs, and what is done then.

    "note" writes it down, "stop" ends the training, "roll_back" goes on from the last checkpoint with other chance and
    half the learning rate.
    """

    non_finite: Remedy = "stop"  # a loss or gradient is not a finite number
    collapse: Remedy = "note"  # the sample pictures come out all alike
    copying: Remedy = "note"  # the sample pictures come out as they went in
    idle_discriminator: Remedy = "note"  # a discriminator's loss is zero: it has nothing left to teach
    collapse_below: Weight = 0.01  # mean deviation of samples from their own mean, on a scale of 0 to 1
    copying_below: Weight = 0.005  # mean absolute difference of output and input, on a scale of 0 to 1
    idle_below: Weight = 1e-4  # mean loss of a discriminator
    roll_backs: Natural = 3  # at most, then the training stops


@dataclass(frozen=True)
class TrainingRecipe:
    """One approach's training schedule."""

    epochs: Count = 200  # [C2C] 4.1, [CG] 4
    steps: Natural = 0  # 0: epochs times the larger city, divided by the batch
    batch_size: Count = 1  # pictures a step, [CG] 4
    learning_rate: Positive = 2e-4  # of Adam, [CG] 4, [P2P] 3.3
    beta1: Momentum = 0.5  # of Adam, [P2P] 3.3, [AC]
    beta2: Momentum = 0.999  # of Adam, [P2P] 3.3, [AC]
    constant_share: Share = 0.5  # [CG] 4: constant for 100 of 200 epochs, then linear to zero
    checkpoint_every: Count = 500  # steps
    validate_every: Natural = 0  # steps between scores of validation pictures; 0: a tenth of the training
    validation_pictures: Natural = 64  # at most so many are scored; 0: there is no validation
    keep: Literal["last", "best"] = "last"  # whose networks translate: the last step's, or the best's on validation
    ema_decay: Momentum = 0.0  # of the averaged weights that translate; 0: no averaging
    precision: Literal["auto", "float32", "bfloat16"] = (
        "auto"  # "auto": bfloat16 by autocast on a GPU that is good at it
    )
    memory_format: Literal["auto", "contiguous", "channels_last"] = "auto"  # "auto": as was measured
    fused_adam: bool | None = None  # unset: for pix2pix; it rounds otherwise than the authors' code, see *Faithful*
    compile: bool = False  # by torch.compile; its minutes pay off in long trainings only
    tensorboard: bool = False  # also write the log for TensorBoard
    health: HealthRecipe = field(default_factory=HealthRecipe)


@dataclass(frozen=True, kw_only=True)
class ApproachRecipe:
    """What every approach says.

    A kind of approach from outside c2c derives from this, see the how-to *Add an approach*. It says what its approach
    needs and where its class is, and which cities it joins in which directions.
    """

    needs: ClassVar[Needs]  # what it learns from
    approach: ClassVar[str]  # its class, as "package.module:Class"; imported only when it is built

    kind: str  # "neural_style", "cyclegan", "cut" … as in the tables below, or one from outside
    size: int = 0  # side in pixels it is trained at; 0: the recipe's
    apply_sizes: tuple[int, ...] | None = None  # None: the recipe's
    seeds: Count = 1  # of how many trainings, each by its own chance; the others are approaches NAME-seed-2 and so on
    training: TrainingRecipe = field(default_factory=TrainingRecipe)

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """The cities whose pictures it learns from or translates, source first."""
        raise NotImplementedError(f"{type(self).__name__} must name its cities.")

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """The ways it translates."""
        raise NotImplementedError(f"{type(self).__name__} must name its directions.")

    def parts(self) -> tuple[str, ...]:
        """The names of other approaches of the recipe that it is made of."""
        return ()

    def depth_range_m(self, recipe: "Recipe") -> tuple[float, float]:
        """The nearest and the farthest depth that it tells apart, in metres."""
        return 1.0, 200.0

    def check(self, recipe: "Recipe", name: str) -> None:
        """Make sure that it fits the rest of the recipe.

        Raises:
            RecipeError: it does not; the key is named.
        """


@dataclass(frozen=True, kw_only=True)
class NeuralStyleRecipe(ApproachRecipe):
    """Neural style transfer [NS]: optimises each picture, trains nothing."""

    needs: ClassVar[Needs] = "style_pictures"
    approach: ClassVar[str] = "c2c.approaches.neural_style:NeuralStyle"

    content: str  # city
    style: str  # city
    kind: Literal["neural_style"] = "neural_style"
    network: Literal["vgg16-hed", "vgg19"] = "vgg16-hed"  # whose features tell style; the paper's is vgg19
    style_pictures: Count = 1  # pictures of the style city whose Gram matrices are averaged; [NS] takes one
    content_weight: Weight = 1.0  # on the squared share by which features differ
    style_weight: Weight = 100.0  # on Gram losses divided by the target's squared norm
    total_variation_weight: Weight = 0.0  # on the differences of neighbouring pixels
    steps: Count = 100  # L-BFGS iterations
    apply_sizes: tuple[int, ...] | None = ()

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """Content, then style."""
        return self.content, self.style

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """From content to style; shapes stay."""
        return (Direction(self.content, self.style),)


@dataclass(frozen=True, kw_only=True)
class CycleGANRecipe(ApproachRecipe):
    """CycleGAN between two cities [CG]."""

    needs: ClassVar[Needs] = "unpaired"
    approach: ClassVar[str] = "c2c.approaches.cyclegan:CycleGAN"

    a: str  # city
    b: str  # city
    kind: Literal["cyclegan"] = "cyclegan"
    base_channels: Count = 64  # [CG] 7.2
    blocks: Natural = 9  # [C2C] 4.1; the CycleGAN paper itself uses 6 at 128
    upsample: Literal["transposed", "resize"] = "transposed"  # [CG] 7.2; "resize" leaves no checkerboard
    discriminator_channels: Count = 64  # [CG] 7.2
    discriminator_layers: Count = 3  # PatchGAN of 70 x 70, [CG] 4
    lambda_cycle: Weight = 10.0  # [CG] 4
    lambda_identity: Weight = 0.5  # relative to lambda_cycle, [AC]; [CG] 5.2 for paintings only
    pool_size: Natural = 50  # [CG] 4
    joint_passes: bool = False  # one batch for passes through the same network: the same sums, in another order

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """Both."""
        return self.a, self.b

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """There and back; shapes may change."""
        return Direction(self.a, self.b, keeps_shape=False), Direction(self.b, self.a, keeps_shape=False)


@dataclass(frozen=True)
class CUTTrainingRecipe(TrainingRecipe):
    """The training schedule of CUT [CUT]: otherwise as in `TrainingRecipe`."""

    epochs: Count = 400  # 200 at the full rate, then 200 while it falls


@dataclass(frozen=True)
class FastCUTTrainingRecipe(CUTTrainingRecipe):
    """The training schedule of FastCUT [CUT]: otherwise as in `TrainingRecipe`."""

    epochs: Count = 200  # half as many as CUT
    constant_share: Share = 0.75  # 150 at the full rate, then 50 while it falls


@dataclass(frozen=True, kw_only=True)
class CUTRecipe(ApproachRecipe):
    """CUT from one city to another [CUT]."""

    needs: ClassVar[Needs] = "unpaired"
    approach: ClassVar[str] = "c2c.approaches.cut:CUT"

    a: str  # city it translates from
    b: str  # city it translates into
    kind: Literal["cut", "fastcut"] = "cut"
    base_channels: Count = 64  # [CUT] as [CG] 7.2
    blocks: Natural = 9  # [CUT] 4.1
    discriminator_channels: Count = 64  # [CUT] as [CG] 7.2
    discriminator_layers: Count = 3  # PatchGAN of 70 x 70
    lambda_nce: Positive = 1.0  # [CUT] 3; halved where there is `nce_identity`, as in the authors' code
    nce_identity: bool = True  # [CUT] 3: also between pictures of B and what is made of them
    nce_layers: tuple[Natural, ...] = (0, 4, 8, 12, 16)  # [CUT] pixels, both downsamplings, blocks 1 and 5
    patches: Count = 256  # [CUT] places that are compared in each layer
    projection_channels: Count = 256  # [CUT] of the two layers before patches are compared
    temperature: Positive = 0.07  # [CUT] what similarities are divided by
    flip_equivariance: bool = False  # half of the steps translate the flipped picture, and compare flipped back
    training: CUTTrainingRecipe = field(default_factory=CUTTrainingRecipe)

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """Source, then target."""
        return self.a, self.b

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """There; shapes may change."""
        return (Direction(self.a, self.b, keeps_shape=False),)

    def check(self, recipe: "Recipe", name: str) -> None:
        """The generator must have the layers that are compared."""
        deepest = 11 + self.blocks  # padding, convolution, norm, ReLU; twice convolution, norm, ReLU, blur; blocks
        layers = self.nce_layers
        if not layers or list(layers) != sorted(set(layers)) or layers[-1] > deepest:
            raise RecipeError(
                f"approaches.{name}.nce_layers is {list(layers)}, but ascending numbers of layers were needed, from 0 "
                f"to {deepest} with blocks = {self.blocks}: 4 and 8 are the downsamplings, 12 is the first block."
            )


@dataclass(frozen=True, kw_only=True)
class FastCUTRecipe(CUTRecipe):
    """FastCUT from one city to another [CUT]: otherwise as in `CUTRecipe`."""

    kind: Literal["fastcut"] = "fastcut"
    lambda_nce: Positive = 10.0  # [CUT] 3
    nce_identity: bool = False  # [CUT] 3
    flip_equivariance: bool = True
    training: FastCUTTrainingRecipe = field(default_factory=FastCUTTrainingRecipe)


@dataclass(frozen=True, kw_only=True)
class Pix2PixRecipe(ApproachRecipe):
    """pix2pix between a city's pictures and their depth [P2P]."""

    needs: ClassVar[Needs] = "depth_pairs"
    approach: ClassVar[str] = "c2c.approaches.pix2pix:Pix2Pix"

    city: str  # its pictures need depth
    direction: Literal["depth_to_image", "image_to_depth"]  # what is made from what
    kind: Literal["pix2pix"] = "pix2pix"
    base_channels: Count = 64  # [P2P] 6.1.1
    levels: Annotated[int, Meta(ge=2, le=12)] = 8  # UNet-256, [P2P] 6.1.1; a side must be a multiple of 2 ** levels
    dropout: bool = True  # [P2P] 3.1: the noise is dropout
    norm: Literal["batch", "instance"] = "batch"  # [P2P] 3.2; one picture a step, they differ by a scale and a shift
    discriminator_channels: Count = 64  # [P2P] 6.1.2
    discriminator_layers: Count = 3  # PatchGAN of 70 x 70, [P2P] 6.1.2
    lambda_l1: Weight = 100.0  # [P2P] 4.2; [C2C] 4.2 sets 50 for image -> depth
    near_m: Positive = 1.0  # the ends of the depth code, in metres
    far_m: Positive = 200.0

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """The one city."""
        return (self.city,)

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """Between its pictures and their depth."""
        if self.direction == "depth_to_image":
            return (Direction(self.city, self.city, "depth", "image"),)
        return (Direction(self.city, self.city, "image", "depth"),)

    def depth_range_m(self, recipe: "Recipe") -> tuple[float, float]:
        """Its own."""
        return self.near_m, self.far_m

    def check(self, recipe: "Recipe", name: str) -> None:
        """The UNet must be able to halve the picture as often as it has levels."""
        if recipe.size_of(name) % 2**self.levels:
            raise RecipeError(
                f"approaches.{name}: a UNet of {self.levels} levels needs a side that is a multiple of "
                f"{2**self.levels}, found {recipe.size_of(name)}. Set levels or size."
            )
        if self.near_m >= self.far_m:
            raise RecipeError(f"approaches.{name}: near_m = {self.near_m} must be less than far_m = {self.far_m}.")


@dataclass(frozen=True, kw_only=True)
class DepthChainRecipe(ApproachRecipe):
    """Image of A -> depth -> image of B, out of two pix2pix approaches of the same recipe [C2C] 2.2."""

    needs: ClassVar[Needs] = "trained_halves"
    approach: ClassVar[str] = "c2c.approaches.depth_chain:DepthChain"

    image_to_depth: str  # name of an approach learnt on city A
    depth_to_image: str  # name of an approach learnt on city B
    kind: Literal["depth_chain"] = "depth_chain"

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """The city of the first half, then that of the second."""
        return *recipe.cities_of(self.image_to_depth), *recipe.cities_of(self.depth_to_image)

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """From the first half's city to the second's; shapes stay."""
        cities = self.cities(recipe)
        return (Direction(cities[0], cities[-1]),)

    def parts(self) -> tuple[str, ...]:
        """Both halves."""
        return self.image_to_depth, self.depth_to_image

    def depth_range_m(self, recipe: "Recipe") -> tuple[float, float]:
        """That of its halves."""
        return recipe.approaches[self.image_to_depth].depth_range_m(recipe)

    def check(self, recipe: "Recipe", name: str) -> None:
        """The halves must be there, face the right ways, and see depth alike."""
        codes = []
        for key in ("image_to_depth", "depth_to_image"):
            half = recipe.approaches.get(getattr(self, key))
            if not isinstance(half, Pix2PixRecipe) or half.direction != key:
                raise RecipeError(
                    f"approaches.{name}.{key} is {getattr(self, key)!r}, but the name of a pix2pix approach with "
                    f"direction = {key!r} was needed."
                )
            codes.append((half.near_m, half.far_m))
        if codes[0] != codes[1]:
            raise RecipeError(
                f"approaches.{name} joins two halves that see depth differently: (near_m, far_m) is {codes[0]} in "
                f"{self.image_to_depth} and {codes[1]} in {self.depth_to_image}. Make them equal."
            )


@dataclass(frozen=True, kw_only=True)
class PretrainedRecipe(ApproachRecipe):
    """A generator that somebody else trained, out of a file of the authors' code [CG] [P2P].

    What the file tells need not be said, and must not be said otherwise. Three channels are a picture, two are a depth
    code.
    """

    needs: ClassVar[Needs] = "a_file"
    approach: ClassVar[str] = "c2c.approaches.pretrained:Pretrained"

    source: str  # city
    target: str  # city; the same one where depth is taken or given
    kind: Literal["pretrained"] = "pretrained"
    file: str = ""  # such as "latest_net_G_A.pth"; relative to where c2c is called
    in_channels: Annotated[int, Meta(ge=2, le=3)] = 3
    out_channels: Annotated[int, Meta(ge=2, le=3)] = 3
    near_m: Positive = 1.0  # the ends of the depth code, in metres
    far_m: Positive = 200.0
    network: Literal["", "resnet", "unet"] = ""  # "": told from the file, like all below
    base_channels: Natural = 0
    blocks: Natural = 0  # of a ResNet
    levels: Annotated[int, Meta(ge=0, le=12)] = 0  # of a UNet
    norm: Literal["", "instance", "batch", "batch-running"] = ""  # "batch-running" goes by means over its training

    def cities(self, recipe: "Recipe") -> tuple[str, ...]:
        """The source, then the target."""
        return (self.source,) if self.source == self.target else (self.source, self.target)

    def directions(self, recipe: "Recipe") -> tuple[Direction, ...]:
        """The one way; shapes may change."""
        takes, gives = ("image" if channels == 3 else "depth" for channels in (self.in_channels, self.out_channels))
        return (Direction(self.source, self.target, takes, gives, keeps_shape=takes != gives),)

    def depth_range_m(self, recipe: "Recipe") -> tuple[float, float]:
        """Its own."""
        return self.near_m, self.far_m

    def check(self, recipe: "Recipe", name: str) -> None:
        """There must be a file, cities that go with what it takes and gives, and a side that its UNet can halve."""
        if not (self.file or self.network):
            raise RecipeError(f'approaches.{name} must say file = "…", such as "latest_net_G_A.pth".')
        if (self.in_channels == self.out_channels) == (self.source == self.target):
            needed = "two cities" if self.source == self.target else "one city: pictures and depth of the same places"
            raise RecipeError(
                f"approaches.{name}: source = {self.source!r} and target = {self.target!r}, but a network of "
                f"{self.in_channels} channels in and {self.out_channels} out needs {needed}."
            )
        if self.near_m >= self.far_m:
            raise RecipeError(f"approaches.{name}: near_m = {self.near_m} must be less than far_m = {self.far_m}.")
        if recipe.size_of(name) % 2**self.levels:
            raise RecipeError(
                f"approaches.{name}: a UNet of {self.levels} levels needs a side that is a multiple of "
                f"{2**self.levels}, found {recipe.size_of(name)}. Set size."
            )


KINDS: dict[str, type[ApproachRecipe]] = {
    "neural_style": NeuralStyleRecipe,
    "cyclegan": CycleGANRecipe,
    "cut": CUTRecipe,
    "fastcut": FastCUTRecipe,
    "pix2pix": Pix2PixRecipe,
    "depth_chain": DepthChainRecipe,
    "pretrained": PretrainedRecipe,
}


@dataclass(frozen=True)
class ScoringRecipe:
    """How translated pictures are scored."""

    extractor: str = (
        "efficientnet-lite0"  # or "squeezenet", "mobilenetv2", "inception-fid" (FID itself), or a package's
    )


@dataclass(frozen=True)
class TimingRecipe:
    """How long each case is timed, in seconds."""

    warmup_s: Weight = 1.0  # before the clock runs
    measure_s: Weight = 3.0  # while it runs


@dataclass(frozen=True)
class VideoRecipe:
    """A video of each city, translated to see whether pictures hold still; off unless frames are asked for.

    Toytown's cities are driven through: all show the same street. A city of a folder needs a video file of its own.
    """

    frames: Natural = 0  # of each video, at most; 0: no video
    frames_per_second: Positive = 12.0  # of a drive; that of a file is kept
    step_m: Positive = 0.25  # how far the camera of a drive moves between two frames, in metres
    files: dict[str, str] = field(default_factory=dict)  # city -> video file; relative to where c2c is called
    approaches: tuple[str, ...] = ()  # that translate it; empty: all from image to image that learnt something


@dataclass(frozen=True)
class Recipe:
    """A whole run: cities, approaches, sizes, steps and seed."""

    name: str
    title: str
    cities: dict[str, CityRecipe]
    approaches: dict[str, ApproachRecipe]
    seed: int = 0  # of every chance in the run
    size: int = 128  # side of the pictures in pixels, [C2C] 4.1
    apply_sizes: tuple[int, ...] = ()  # [C2C] 4.1.1: larger sides that a trained network is also applied at
    toytown: ToytownRecipe = field(default_factory=ToytownRecipe)
    data: DataRecipe = field(default_factory=DataRecipe)
    scoring: ScoringRecipe = field(default_factory=ScoringRecipe)
    timing: TimingRecipe = field(default_factory=TimingRecipe)
    video: VideoRecipe = field(default_factory=VideoRecipe)

    def size_of(self, approach: str) -> int:
        """Side in pixels that an approach is trained at."""
        return self.approaches[approach].size or self.size

    def sizes_of(self, approach: str) -> tuple[int, ...]:
        """Every side in pixels that an approach is applied at, its own first."""
        more = self.approaches[approach].apply_sizes
        own = self.size_of(approach)
        return (own, *(size for size in (self.apply_sizes if more is None else more) if size != own))

    def cities_of(self, approach: str) -> tuple[str, ...]:
        """The cities whose pictures an approach learns from or translates, source first."""
        return self.approaches[approach].cities(self)

    def directions_of(self, approach: str) -> tuple[Direction, ...]:
        """The ways that an approach translates."""
        return self.approaches[approach].directions(self)
