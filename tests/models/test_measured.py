from homespun.models import RECIPES, read_measured


def test_what_was_measured_belongs_to_recipes_as_they_are():
    for name, figures in read_measured().items():
        assert figures["epochs"] == RECIPES[name].epochs, "measured with another recipe: run again"
        assert figures["lowest"] <= figures["accuracy"] <= figures["highest"]
        assert figures["seeds"] >= 3
