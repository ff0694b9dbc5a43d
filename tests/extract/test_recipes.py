from pathlib import Path

import lxml.html
import pytest
from support.builders import NOW, ago, entry, fetched

from ingest.extract.article import Known, extract_article
from ingest.extract.recipes import NO_RECIPE, Recipe, apply_recipe, read_recipes, select_texts
from ingest.model import CopydeskError

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
PAGE = (
    "<html><body><div id='top'>Menu</div><div class='story'>Before"
    "<h2 class='hl'>A  longer\n quay</h2><p>One</p><p class='promo'>Buy</p><p>Two</p></div>"
    "<p class='by'>Ana Lund</p><p class='by'>Jo Kern</p>"
    "<time datetime='2026-09-14T08:00:00Z'>Monday</time></body></html>"
)


@pytest.fixture
def write(tmp_path):
    """Writes a file of recipes and reads it."""

    def written(text):
        path = tmp_path / "recipes.toml"
        path.write_text(text)
        return read_recipes(path)

    return written


def tree():
    return lxml.html.document_fromstring(PAGE)


def text_of(recipe):
    return apply_recipe(tree(), recipe).text_content()


def one(write, line):
    return write(f'["wire.example"]\n{line}')["wire.example"]


@pytest.mark.parametrize("keep", [".story", "div.story", "//div[@class='story']", "(//div)[2]"])
def test_only_what_is_to_be_kept_is_read(write, keep):
    text = text_of(one(write, f'keep = "{keep}"'))
    assert "One" in text
    assert "Menu" not in text
    assert "Ana Lund" not in text


@pytest.mark.parametrize("drop", ['".promo"', "\"//p[@class='promo']\"", '["#none", ".promo"]'])
def test_what_is_to_be_dropped_is_not_read_and_what_follows_it_is(write, drop):
    text = text_of(one(write, f"drop = {drop}"))
    assert "Buy" not in text
    assert "Two" in text


def test_the_rules_decide_where_what_is_to_be_kept_is_not_there(write):
    assert "Menu" in text_of(one(write, 'keep = ".article-of-another-template"'))
    assert text_of(NO_RECIPE) == tree().text_content()


def test_what_finds_attributes_and_texts_keeps_and_drops_nothing(write):
    for line in ('keep = "//p/@class"', 'drop = "//p/text()"'):
        assert text_of(one(write, line)) == tree().text_content()


def test_what_follows_the_element_that_is_kept_is_not(write):
    assert text_of(one(write, "keep = \"//h2[@class='hl']\"")) == "A  longer\n quay"


def test_all_that_is_to_be_kept_is_kept_in_its_order(write):
    assert text_of(one(write, 'keep = [".by", ".story > p"]')) == "OneBuyTwoAna LundJo Kern"


def test_nothing_is_wrong_with_dropping_a_part_of_what_is_dropped(write):
    assert "One" not in text_of(one(write, 'drop = [".story", ".story p", "/html"]'))


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".hl", ("A longer quay",)),
        (".by", ("Ana Lund", "Jo Kern")),
        ("time@datetime", ("2026-09-14T08:00:00Z",)),
        ("//time/@datetime", ("2026-09-14T08:00:00Z",)),
        ("//p[@class='by']/text()", ("Ana Lund", "Jo Kern")),
        ("p.by[class!='a@b']", ("Ana Lund", "Jo Kern")),
        (".none", ()),
    ],
)
def test_a_selector_finds_texts_and_attributes(write, selector, expected):
    assert select_texts(tree(), one(write, f'author = "{selector}"').author) == expected


@pytest.mark.parametrize("listed", ['["Coast News", " Bay Wire "]', '"Coast News"'])
def test_agencies_are_names(write, listed):
    recipe = one(write, f"agencies = {listed}")
    assert recipe.agencies in (("Coast News", "Bay Wire"), ("Coast News",))
    assert recipe.keep == ""


def test_without_a_selector_nothing_is_found():
    assert select_texts(tree(), "") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "cannot read the recipes in"),
        ('"wire.example" = 1', "['wire.example'] is not a table"),
        ('["wire.example"]\nkeeps = "p"', "['wire.example'] has keeps; a recipe has keep, drop"),
        ('["wire.example"]\nkeep = ""', "['wire.example'], keep: '' is neither CSS nor XPath"),
        ('["wire.example"]\nkeep = 7', "keep: 7 is neither"),
        ('["wire.example"]\nkeep = "p["', "keep: 'p[' is neither CSS nor XPath"),
        ('["wire.example"]\ndrop = [".a", "//p["]', "drop: '//p[' is neither CSS nor XPath"),
        ('["wire.example"]\ntitle = "//p[f()]"', "title: '//p[f()]' is neither"),
        ('["wire.example"]\ntitle = "count(//p)"', "title: 'count(//p)' is neither"),
        ('["wire.example"]\ntitle = "(1 + 1)"', "title: '(1 + 1)' is neither"),
        ('["wire.example"]\nagencies = ["Coast News", 7]', "agencies: names are wanted"),
        ('["wire.example"]\nagencies = " "', "agencies: names are wanted"),
    ],
)
def test_a_mistake_is_told_with_its_place(write, text, says):
    with pytest.raises(CopydeskError) as caught:
        write(text)
    assert says in str(caught.value)
    assert "recipes.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_told_by_name(tmp_path):
    with pytest.raises(CopydeskError, match=r"cannot read the recipes in .*none\.toml"):
        read_recipes(tmp_path / "none.toml")


def test_an_empty_file_has_no_recipes(write):
    assert write("") == {}


# the file that is shipped


def sample(path, recipe):
    host, _, name = path.partition("/")
    answer = fetched((DEPLOY / "sample" / path).read_bytes(), "text/html", f"http://{host}/{name}")
    item = entry(title="As the feed has it", published=ago(days=1), published_from="updated")
    return extract_article(item, answer, NOW, Known(recipe=recipe))


RECIPES = read_recipes(DEPLOY / "recipes.toml")


def test_the_worked_examples_are_the_outlets_of_the_sample():
    hosts = {folder.name.removeprefix("www.") for folder in (DEPLOY / "sample").glob("*.example")}
    assert set(RECIPES) == hosts


@pytest.mark.parametrize(
    ("path", "boilerplate"),
    [
        (
            "quillmarkcourier.example/n/5512-marsh-fever-vaccine.html",
            ("lobster pot", "15/09/2026"),
        ),
        (
            "elcorreosantamar.example/cultura/cine-trinquete-20260917.html",
            ("boletín diario", "Inicia sesión", "Redacción de El Correo"),
        ),
    ],
)
def test_a_worked_example_takes_out_what_the_rules_leave(path, boilerplate):
    plain, cooked = (sample(path, recipe) for recipe in (Recipe(), RECIPES[path.split("/")[0]]))
    for text in boilerplate:
        assert text in plain.text
        assert text not in cooked.text
    assert set(cooked.text.split("\n")) < set(plain.text.split("\n"))
    assert cooked.words > 200


def test_a_worked_example_says_where_headline_author_and_date_are():
    courier = sample(
        "quillmarkcourier.example/n/5512-marsh-fever-vaccine.html",
        RECIPES["quillmarkcourier.example"],
    )
    assert (courier.title, courier.title_from) == (
        "Marsh fever vaccine halves cases in two-year trial",
        "recipe",
    )
    correo = sample(
        "elcorreosantamar.example/cultura/cine-trinquete-20260917.html",
        RECIPES["elcorreosantamar.example"],
    )
    assert (correo.authors, correo.authors_from) == (("Baltasar Quiñones",), "recipe")
    assert (courier.published_from, correo.published_from) == ("recipe", "recipe")
