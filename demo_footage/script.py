"""What is said and heard in each clip, in both languages, and when."""

from typing import NamedTuple


class Line(NamedTuple):
    """One cue. A spoken line lasts as long as the voice needs; a sound lasts ``sound_ms``.

    ``from_ms`` is the earliest start: a line waits until the line before it has ended.
    """

    from_ms: int
    english: str
    arabic: str
    sound_ms: int = 0


class Effect(NamedTuple):
    """One sound under the voice: its name in ``sound.EFFECTS``, its span, its level (0 to 1)."""

    name: str
    start_ms: int
    end_ms: int
    level: float


class Script(NamedTuple):
    title: str
    lines: tuple[Line, ...]
    effects: tuple[Effect, ...]


HOUSE = Script(
    "A house set alight",
    (
        Line(200, "[Wind in an empty street]", "[ريح في شارع خالٍ]", 1300),
        Line(1700, "This is a drawing, not the footage.", "هذا رسم، وليس التسجيل الأصلي."),
        Line(4000, "A house in Mosul, after dark.", "بيت في الموصل بعد حلول الظلام."),
        Line(6200, "[Flames catch]", "[تشبّ النار]", 1100),
        Line(7500, "It is set alight with home-made napalm.", "يُضرم فيه النار بنابالم محلي الصنع."),
        Line(10200, "[Flames crackle]", "[طقطقة اللهب]", 1100),
        Line(11500, "The attackers filmed it themselves.", "المهاجمون صوّروه بأنفسهم."),
        Line(14200, "They call themselves the Mosul Brigades.", "يسمّون أنفسهم «كتائب الموصل»."),
        Line(17000, "[Crackling fades]", "[تخفت الطقطقة]", 1400),
    ),
    (
        Effect("wind", 0, 19000, 0.5),
        Effect("fire", 6200, 19000, 0.55),
    ),
)

PISTOL = Script(
    "A silenced pistol",
    (
        Line(200, "[Wind]", "[ريح]", 1200),
        Line(1700, "This is a drawing, not the footage.", "هذا رسم، وليس التسجيل الأصلي."),
        Line(4100, "[Footsteps on grit]", "[وقع خطى على الحصى]", 1100),
        Line(5400, "Two figures meet at a doorway.", "شخصان يلتقيان عند باب."),
        Line(7800, "The pistol has an improvised silencer.", "وللمسدس كاتم صوت مرتجل."),
        Line(10600, "[A dull pop]", "[فرقعة مكتومة]", 900),
        Line(11700, "[Someone runs off]", "[شخص يبتعد راكضًا]", 1200),
        Line(13200, "In the footage, a bearded man is killed.", "في التسجيل يُقتل رجل ملتحٍ."),
        Line(16000, "The killing is not shown here.", "ولا يُعرض القتل هنا."),
    ),
    (
        Effect("wind", 0, 19000, 0.4),
        Effect("steps", 3200, 8400, 0.3),
        Effect("pop", 10600, 11200, 0.75),
        Effect("run", 11500, 14000, 0.3),
    ),
)

SENTRY = Script(
    "A sentry at his post",
    (
        Line(200, "[Wind over open ground]", "[ريح في أرض مكشوفة]", 1300),
        Line(1700, "This is a drawing, not the footage.", "هذا رسم، وليس التسجيل الأصلي."),
        Line(4200, "A sentry stands with nothing to do.", "حارس يقف بلا شيء يفعله."),
        Line(7000, "The shot will come from far away.", "وستأتي الطلقة من بعيد."),
        Line(10200, "[A distant shot]", "[طلقة من بعيد]", 1000),
        Line(12200, "Then the post is empty.", "ثم يخلو الموقع."),
        Line(14300, "Such attacks matter most as a symbol.", "أهمية هجمات كهذه رمزية قبل كل شيء."),
    ),
    (
        Effect("wind", 0, 18000, 0.75),
        Effect("pop", 10200, 10800, 0.6),
    ),
)
