"""The demo's little Discord: a guild, its channels, two people and the bot with the permissions it asks for.

It must not know how the page is served or how time runs.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import discord
from PIL import Image, ImageDraw, ImageFont
from simcord import ChannelHandle, GuildHandle, MemberActor, UserHandle

from bot.demo.simcord_private import LiveEnv
from bot.discord_io import REQUIRED_PERMISSIONS

GUILD: Final = "Dead Reckoning demo"
CHANNELS: Final = {
    "bridge": "One channel, one universe. Type /play to launch.",
    "lounge": "Another channel, another universe.",
}
PEOPLE: Final = {"ada": "Ada", "grace": "Grace"}
MASTER: Final = "ada"  # Grace has the permissions of anybody; Ada may also choose `/settings` and the like.
MASTER_PERMISSIONS: Final = discord.Permissions(manage_channels=True, manage_guild=True)
COLOURS: Final = {"bot": "#12324a", "ada": "#0f766e", "grace": "#9d3f5e"}
DIRECT: Final = "direct"
CDN: Final = "https://cdn.simcord.invalid"

BOT_PERMISSIONS: Final = discord.Permissions(
    **dict.fromkeys((*REQUIRED_PERMISSIONS, "send_messages_in_threads"), True)
)


@dataclass(frozen=True)
class World:
    """The guild, its channels by name, its people by name, and the pictures of the accounts by address."""

    guild: GuildHandle
    channels: Mapping[str, ChannelHandle]
    people: Mapping[str, MemberActor]
    pictures: Mapping[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Place:
    """A channel seen by a person: what one open page shows. `key` is what the address names it by."""

    key: str
    channel: ChannelHandle
    viewer: MemberActor | UserHandle


def build_world(env: LiveEnv) -> World:
    """Build the guild before the bot joins it, so that the bot meets it at its start.

    simcord's clock still stands at its own beginning then, which gives the channels the same ids in every
    run: a demo that is started again on the same folder goes on with the same games.
    """
    bot_id = env.name_bot("Dead Reckoning", "helm")
    pictures = {f"{CDN}/avatars/{bot_id}/helm.png": ("helm.png", helm_picture())}
    guild = env.create_guild(GUILD)
    env.limit_bot(guild, BOT_PERMISSIONS)
    people: dict[str, MemberActor] = {}
    master = guild.create_role("Harbour master", permissions=MASTER_PERMISSIONS)
    for key, name in PEOPLE.items():
        user = env.create_user(key, global_name=name, avatar=key)
        people[key] = guild.add_member(user, roles=[master] if key == MASTER else [])
        pictures[f"{CDN}/avatars/{user.id}/{key}.png"] = (f"{key}.png", _initial_picture(key, name[0]))
    channels = {key: guild.create_text_channel(key, topic=topic) for key, topic in CHANNELS.items()}
    return World(guild, channels, people, pictures)


def find_place(env: LiveEnv, world: World, address: str) -> Place:
    """Find the place an address such as `lounge.grace` names; what is missing or unknown is the first one."""
    channel_key, _, person_key = address.partition(".")
    person = world.people.get(person_key)
    if person is None:
        person_key, person = next(iter(world.people.items()))
    if channel_key == DIRECT:
        return Place(f"{DIRECT}.{person_key}", person.user.dm_channel, person.user)
    for key, channel in _rooms(env, world).items():
        if key == channel_key:
            return Place(f"{key}.{person_key}", channel, person)
    key, channel = next(iter(world.channels.items()))
    return Place(f"{key}.{person_key}", channel, person)


def list_places(env: LiveEnv, world: World, address: str) -> dict[str, object]:
    """List the channels and people a page at `address` can switch to, for the page's own script."""
    here_channel, _, here_person = find_place(env, world, address).key.partition(".")
    rooms = [
        _room(key, channel, "thread" if channel.is_thread else "text")
        for key, channel in _rooms(env, world).items()
    ]
    direct = find_place(env, world, f"{DIRECT}.{here_person}").channel
    rooms.append(_room(DIRECT, direct, "direct") | {"name": "Dead Reckoning"})
    people = [{"key": key, "name": name} for key, name in PEOPLE.items()]
    return {"channels": rooms, "people": people, "channel": here_channel, "person": here_person}


def _room(key: str, channel: ChannelHandle, kind: str) -> dict[str, object]:
    return {"key": key, "id": str(channel.id), "name": channel.name, "kind": kind}


def _rooms(env: LiveEnv, world: World) -> dict[str, ChannelHandle]:
    threads = {str(thread.id): thread for thread in env.threads(world.guild)}
    return {**world.channels, **threads}


def helm_picture(size: int = 128) -> bytes:
    """Draw the bot's avatar, a compass rose on dark water, as PNG of `size` × `size` pixels."""
    picture = Image.new("RGB", (512, 512), COLOURS["bot"])
    draw = ImageDraw.Draw(picture)
    draw.ellipse((56, 56, 456, 456), outline="#7fd1c7", width=14)
    for points, colour in (
        (((256, 70), (290, 256), (256, 442), (222, 256)), "#f4ead2"),
        (((70, 256), (256, 222), (442, 256), (256, 290)), "#c9b98f"),
        (((256, 70), (290, 256), (222, 256)), "#e4574f"),
    ):
        draw.polygon(points, fill=colour)
    draw.ellipse((236, 236, 276, 276), fill=COLOURS["bot"])
    return _png(picture, size)


def _initial_picture(key: str, letter: str) -> bytes:
    picture = Image.new("RGB", (512, 512), COLOURS[key])
    font = ImageFont.load_default(300)
    ImageDraw.Draw(picture).text((256, 256), letter, font=font, anchor="mm", fill="#ffffff")
    return _png(picture, 128)


def _png(picture: Image.Image, size: int) -> bytes:
    stream = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(stream, "PNG")
    return stream.getvalue()
