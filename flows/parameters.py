"""The parameters of the flows as types: Prefect makes its form of them, and refuses a run that breaks them."""

from typing import Annotated

from pydantic import Field

SeedName = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^\S(.*\S)?$")]
Seeds = Annotated[list[SeedName], Field(min_length=1, max_length=100, examples=[["istanbul-2025"]])]

FeedName = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^\S+( \S+)*$")]
Feeds = Annotated[list[FeedName], Field(min_length=1, max_length=10_000, examples=[["https://example.org/feed.xml"]])]

WarehouseFile = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"\.duckdb$", examples=["news.duckdb"])]
Pages = Annotated[int, Field(ge=1, le=1_000_000, examples=[100])]
