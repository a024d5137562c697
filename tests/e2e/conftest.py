"""One product and one browser for all journeys; each journey has a visitor of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.furnished import Furnished, furnish
from tests.e2e.oidc import Provider, provider
from tests.e2e.product import Product, temporary_folder
from tests.e2e.visitor import Visitor


@pytest.fixture(scope="session")
def oidc() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="session")
def product(oidc: Provider) -> Iterator[Product]:
    with temporary_folder() as folder:
        running = Product(Path(folder), **oidc.settings)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def furnished(product: Product) -> Furnished:
    return furnish(product)


@pytest.fixture
def visitor(request: pytest.FixtureRequest, product: Product, browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 1000}, permissions=["microphone"], accept_downloads=True, locale="en-IN"
    )
    visitor = Visitor(context.new_page(), product, name=request.node.name)
    failed_before = request.session.testsfailed
    yield visitor
    if request.session.testsfailed > failed_before:
        visitor.keep_picture("failed")
        print(product.logs())  # noqa: T201  shown with the failure
    context.close()
    assert not visitor.troubles, "\n".join([*visitor.troubles, product.logs()])
