"""Neural style transfer: each picture is optimised until its features look like the style's.

Source: Gatys et al. 2015, https://arxiv.org/abs/1508.06576
"""

import torch
from torch import Tensor, nn
from torch.optim import LBFGS

from c2c.approaches.protocol import Approach
from c2c.losses import content_loss, gram_matrix, style_loss, total_variation_loss
from c2c.models.vgg import VGGFeatures, load_vgg
from c2c.recipe import Direction, NeuralStyleRecipe

STYLE_LAYERS = {  # relu1_1, relu2_1, relu3_1, relu4_1 with their channels; relu5_1 sees little at 128 pixels
    "vgg16-hed": {1: 64, 6: 128, 11: 256, 18: 512},
    "vgg19": {1: 64, 6: 128, 11: 256, 20: 512},
}
CONTENT_LAYERS = (13,)  # relu3_2 of VGG-16 and VGG-19: deeper ones let small windows go at 128 pixels


class NeuralStyle(Approach):
    """Draws a city's pictures in the style of another city's; nothing is trained.

    Deviations: the paper starts from noise, here the optimisation starts from the picture, which takes a tenth of the
    steps; and Gram matrices are averaged over several pictures of the style city, since a city is more than one of
    its pictures (`style_pictures = 1` is the paper's).
    """

    needs = "style_pictures"
    multiple = 4

    def __init__(self, recipe: NeuralStyleRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        widths = STYLE_LAYERS[recipe.network]
        self.style_layers = tuple(widths)
        self.style = nn.ParameterDict(
            {str(layer): nn.Parameter(torch.zeros(1, c, c), requires_grad=False) for layer, c in widths.items()}
        )
        super().__init__(directions, {"style": self.style})
        self._vgg: VGGFeatures | None = None

    @property
    def vgg(self) -> VGGFeatures:
        """The feature network, loaded when it is first needed.

        Raises:
            WeightsError: its weights are not at hand.
        """
        if self._vgg is None:
            self._vgg = load_vgg(self.recipe.network)
        return self._vgg

    @torch.no_grad()
    def fit(self, pictures: Tensor) -> None:
        """Take the style: the mean Gram matrices of the style city's pictures, (N, 3, H, W) in [-1, 1]."""
        features = [self.vgg.to(pictures.device)(picture, self.style_layers) for picture in pictures.split(1)]
        for layer in self.style_layers:
            grams = torch.cat([gram_matrix(one[layer]) for one in features])
            self.style[str(layer)].copy_(grams.mean(0, keepdim=True))

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The pictures in the other city's style, one after another; see `Approach`."""
        return torch.cat([self._optimise(one) for one in picture.split(1)])

    @torch.enable_grad()
    def _optimise(self, picture: Tensor) -> Tensor:
        """Implements eq. 7 with L-BFGS; `steps` bounds the evaluations, line search included."""
        vgg, recipe = self.vgg.to(picture.device), self.recipe
        with torch.no_grad():
            content = vgg(picture, CONTENT_LAYERS)
        image = picture.clone().contiguous().requires_grad_(True)
        optimizer = LBFGS(
            [image], max_iter=recipe.steps, max_eval=recipe.steps, history_size=10, line_search_fn="strong_wolfe"
        )

        def loss() -> Tensor:
            optimizer.zero_grad()
            features = vgg(image, (*self.style_layers, *CONTENT_LAYERS))
            styles = [style_loss(features[layer], self.style[str(layer)]) for layer in self.style_layers]
            contents = [content_loss(features[layer], content[layer]) for layer in CONTENT_LAYERS]
            total = recipe.style_weight * torch.stack(styles).mean()
            total = total + recipe.content_weight * torch.stack(contents).mean()
            total = total + recipe.total_variation_weight * total_variation_loss(image)
            total.backward()
            return total

        optimizer.step(loss)
        return image.detach().clamp(-1, 1)
