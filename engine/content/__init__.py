"""The content of Cosmic Explorer: TOML files beside this module, and the code that reads and checks them."""

from engine.content.catalogue import Content
from engine.content.faults import ContentFault
from engine.content.loader import load_content

__all__ = ["Content", "ContentFault", "load_content"]
