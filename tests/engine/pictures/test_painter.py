"""The painter: every scene draws, the same scene gives the same pixels, memory stays bounded."""

import io
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.pictures import Painter
from engine.rules.scene import Gauges, Motif, NodeKind, Scene

FULL = Gauges(80, 100, 60, 100, 40, 60, 90, 100, 1234, 12, 50)


def scene(**changes: object) -> Scene:
    plain = Scene(
        seed=7,
        turn=12,
        region="lantern",
        region_name="The Lantern Drift",
        node_name="Paper Moon",
        node_kind=NodeKind.PLANET,
        node_seed=99,
        motif=Motif.CALM,
        ship_type="scout",
        gauges=FULL,
    )
    return msgspec.structs.replace(plain, **changes)


def pixels(image: Image.Image) -> np.ndarray:
    assert image.mode == "RGB"
    assert image.size == (640, 360)
    return np.asarray(image).astype(int)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean change of a channel, over the part of the picture that holds no HUD."""
    return float(np.abs(pixels(one)[95:290] - pixels(other)[95:290]).mean())


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(64 * 2**20)


def test_two_painters_draw_the_same_pixels(painter: Painter) -> None:
    wanted = scene(motif=Motif.BATTLE, enemy="pirate", damage=9)
    painter.draw(scene(region="rust", node_seed=3))
    assert painter.draw(wanted).tobytes() == Painter(0).draw(wanted).tobytes()


def test_drawing_does_not_change_what_is_kept(painter: Painter) -> None:
    first = painter.draw(scene(motif=Motif.LOST, damage=80))
    painter.draw(scene(motif=Motif.VICTORY, gauges=msgspec.structs.replace(FULL, wealth=9)))
    assert painter.draw(scene(motif=Motif.LOST, damage=80)).tobytes() == first.tobytes()


@pytest.mark.parametrize("motif", list(Motif))
def test_every_kind_of_place_draws_with_every_motif(painter: Painter, motif: Motif) -> None:
    shown = [painter.draw(scene(node_kind=kind, motif=motif, node_seed=5)) for kind in NodeKind]
    for one, other in product(range(len(shown)), repeat=2):
        if one < other:
            assert difference(shown[one], shown[other]) > 1.0
    for image in shown:
        assert pixels(image)[95:290].std() > 12


def test_every_motif_can_be_told_from_calm(painter: Painter) -> None:
    calm = painter.draw(scene())
    for motif in Motif:
        if motif is not Motif.CALM:
            assert difference(calm, painter.draw(scene(motif=motif))) > 0.5, motif


def test_regions_differ_and_a_look_counts(painter: Painter) -> None:
    colours = {}
    for region in ("cradle", "lantern", "rust", "hush", "verge", "somebody's own", ""):
        mean = pixels(painter.draw(scene(region=region, node_kind=NodeKind.NEBULA)))[95:290].mean(axis=(0, 1))
        colours[region] = tuple(mean.round(2))
    assert len(set(colours.values())) == len(colours)
    red = painter.draw(scene(region="x", look=("#180404", "#c02020", "#ffc0a0")))
    blue = painter.draw(scene(region="x", look=("#040418", "#2030c0", "#a0c0ff")))
    assert np.argmax(pixels(red)[95:290, :300].mean(axis=(0, 1))) == 0
    assert np.argmax(pixels(blue)[95:290, :300].mean(axis=(0, 1))) == 2


@pytest.mark.parametrize("look", [("",), ("#12345", "red", "#zzzzzz"), ("#000000",) * 3, ("#ffffff",) * 5])
def test_an_odd_look_is_drawn(painter: Painter, look: tuple[str, ...]) -> None:
    assert pixels(painter.draw(scene(look=look))).std() > 10


def test_nodes_of_a_region_differ_and_a_revisit_looks_the_same(painter: Painter) -> None:
    views = {painter.draw_view(scene(node_seed=seed)).tobytes() for seed in range(12)}
    assert len(views) == 12
    assert painter.draw_view(scene(node_seed=3)).tobytes() in views


def test_ship_types_have_their_own_outline_and_unknown_ones_too(painter: Painter) -> None:
    types = [
        "scout",
        "freighter",
        "gunship",
        "prospector",
        "courier",
        "ark",
        "seeker",
        "skiff",
        "surveyor",
        "my_own_hull",
        "other",
        "''",
    ]
    shown = [painter.draw(scene(ship_type=kind)) for kind in types]
    for one in range(len(shown)):
        for other in range(one):
            assert difference(shown[one], shown[other]) > 0.3, (types[one], types[other])


def test_an_unknown_ship_is_the_same_every_time() -> None:
    wanted = scene(ship_type="a hull nobody drew", enemy="nobody knows")
    assert Painter(0).draw(wanted).tobytes() == Painter(0).draw(wanted).tobytes()


def test_the_pod_replaces_the_ship(painter: Painter) -> None:
    assert difference(painter.draw(scene()), painter.draw(scene(in_pod=True))) > 0.5


def test_an_enemy_is_shown(painter: Painter) -> None:
    alone = painter.draw(scene(motif=Motif.BATTLE))
    for enemy in ("pirate", "rogue_drone", "marrow", "listener", "warlord", "\u202eodd id\x00"):
        assert difference(alone, painter.draw(scene(motif=Motif.BATTLE, enemy=enemy))) > 1.0, enemy


def test_a_lost_hull_breaks_and_a_lost_crew_leaves_it_whole(painter: Painter) -> None:
    gone = msgspec.structs.replace(FULL, ship_condition=0)
    broken = painter.draw(scene(motif=Motif.LOST, gauges=gone))
    cold = painter.draw(scene(motif=Motif.LOST))
    assert pixels(broken)[150:230, 150:270].mean() > pixels(cold)[150:230, 150:270].mean() + 40


@pytest.mark.parametrize("motif", [Motif.CALM, Motif.STORM, Motif.BATTLE])
def test_lost_hull_flashes_and_a_heavy_blow_more(painter: Painter, motif: Motif) -> None:
    views = [painter.draw_view(scene(motif=motif, damage=damage)).astype(int) for damage in (0, 3, 60)]
    edges = [float(view[100:280, :30, 0].mean()) for view in views]
    assert edges[0] + 4 < edges[1] < edges[2] - 4


HUGE = 10**30
NAMES = (
    "",
    " ",
    "x" * 5000,
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f680\U0001f6f0\ufe0f\U0001f469\u200d\U0001f680",
    "\u6f22\u5b57",
    "\ud800",
    "a\u0301\u202e\u200fz\n\t",
)


@pytest.mark.parametrize(
    "gauges",
    [
        Gauges(-5, 0, -1, 0, -9, -3, 0, 0, -HUGE, -4, 0),
        Gauges(HUGE, 1, HUGE, HUGE, 1, HUGE, HUGE, 1, HUGE, HUGE, HUGE),
        Gauges(0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_hard_values_draw(painter: Painter, gauges: Gauges, name: str) -> None:
    hard = scene(
        gauges=gauges,
        region_name=name,
        node_name=name,
        turn=HUGE,
        seed=-HUGE,
        node_seed=-1,
        damage=HUGE,
        danger=99,
    )
    plain = painter.draw(scene(region_name=name, node_name=name))
    assert difference(painter.draw(hard), plain) >= 0
    assert pixels(plain)[95:290].std() > 12


def test_the_cache_stays_within_its_bound_over_many_regions() -> None:
    bound = 12 * 2**20
    small = Painter(bound)
    most = 0
    for number in range(14):
        small.draw(scene(region=f"r{number % 7}", node_seed=number, node_kind=list(NodeKind)[number % 8]))
        most = max(most, small.cache_nbytes)
        assert small.cache_nbytes <= bound
    assert most > bound / 4, "it keeps something"


def test_a_painter_without_a_cache_keeps_nothing() -> None:
    bare = Painter(0)
    bare.draw(scene())
    assert bare.cache_nbytes == 0


def test_threads_draw_the_same_pixels() -> None:
    shared = Painter(24 * 2**20)
    scenes = [
        scene(region=f"t{number % 3}", motif=list(Motif)[number % 16], node_name=f"Node {number}")
        for number in range(16)
    ]
    alone = [Painter(24 * 2**20).draw(one).tobytes() for one in scenes[:2]]
    with ThreadPoolExecutor(4) as pool:
        first = list(pool.map(lambda one: shared.draw(one).tobytes(), scenes))
        second = list(pool.map(lambda one: shared.draw(one).tobytes(), scenes))
    assert first == second
    assert first[:2] == alone


def test_the_file_is_small_and_opens_as_what_it_says(painter: Painter) -> None:
    sizes = []
    for number, motif in enumerate(Motif):
        kind = list(NodeKind)[number % 8]
        picture = painter.draw(scene(motif=motif, node_kind=kind, node_seed=number, enemy="pirate"))
        data, media_type = painter.encode(picture)
        with Image.open(io.BytesIO(data)) as opened:
            assert Image.MIME[str(opened.format)] == media_type
            loss = np.abs(pixels(opened.convert("RGB")) - pixels(picture)).mean()
        assert loss < 4
        sizes.append(len(data))
    assert max(sizes) <= 60_000
