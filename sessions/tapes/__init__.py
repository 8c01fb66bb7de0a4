"""The death tape: a voyage's frames as a short video, ready when the ship is lost.

`service.Tapes` is the door. Below it: `segments` (clips encoded while the voyage goes on), `assemble` (one
tape), `h264`, `gif` and `webp` (the formats), `cards`, `overlay` and `vhs` (the look). Never Discord.
"""
