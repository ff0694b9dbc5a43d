"""Invented news in eight languages: sentences of made-up words between real function words.

Scripts, capital letters, numbers and quotation marks are those of the language. A generator with
the same seed gives the same text.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a language is written. `capitals` is the share of other words with a capital letter."""

    code: str
    syllables: str
    function: str
    quotes: str = "“”"
    cased: bool = True
    capitals: float = 0.0
    spaced: bool = True
    stop: str = "."


LATIN = "ba de fi go lu ma ne pi ro su ta ve wi zo kel mar ten dor sil gan ber lis"
LANGUAGES = (
    Language(code="en", syllables=LATIN, function="the of and to in a on for with was by from at"),
    Language(
        code="de",
        syllables=f"{LATIN} schu ä ö ung",
        function="der die das und in zu mit auf für von dem nicht ein",
        quotes="„“",
        capitals=0.4,
    ),
    Language(
        code="fr",
        syllables=f"{LATIN} é eau ti",
        function="le la les de des et à en un une dans pour que",
        quotes="«»",
    ),
    Language(
        code="es",
        syllables=f"{LATIN} ción ñi ó",
        function="el la los de que y en un una por con para del",
        quotes="«»",
    ),
    Language(
        code="ru",
        syllables="ба ве го ду жи за ки ле мо ну па ре со ту фи ха ше ла тор ник",
        function="и в на с по для от из о у за к не",
        quotes="«»",
    ),
    Language(
        code="ar",
        syllables="با تي جو حا دي را سو شا طي عا في قا كو لا مي نو ها وي",
        function="في من على إلى عن مع أن هذا التي بعد قد كان ما",
        quotes="«»",
        cased=False,
    ),
    Language(
        code="zh",
        syllables="市 民 水 电 学 校 路 桥 河 山 会 议 员 工 厂 商 店 车 站 海 港 "
        "村 镇 农 田 树 林 花 园 医 院 药 病 房 屋 建 筑 师 傅 "
        "火 灾 雨 雪 风 暴 警 察 法 庭 律 钱 币 银 行 股 票 音 乐 "
        "书 画 球 队 赛 冠 军 船 渔 业 奖 项 目 标 准 备 查 看 听 说 写 读 走 跑 飞 落 升 降",
        function="的 在 了 和 是 有 对 于 从 被 将 与 为",
        quotes="“”",
        cased=False,
        spaced=False,
        stop="。",
    ),
    Language(
        code="ja",
        syllables="市 民 水 電 学 校 道 橋 川 山 会 議 員 工 場 店 車 駅 海 港 "
        "村 町 農 田 木 林 花 園 医 院 薬 病 家 屋 建 築 火 災 雨 雪 風 嵐 警 察 法 律 金 銀 "
        "株 音 楽 本 画 球 隊 船 漁 業 "
        "賞 目 標 準 備 見 聞 話 書 読 走 飛 落 昇 カ ラ ト ミ ノ サ テ ル",
        function="は が を に で と の も へ から まで より した",
        quotes="「」",
        cased=False,
        spaced=False,
        stop="。",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes sentences of one language."""

    language: Language
    random: Random

    def word(self) -> str:
        """A made-up word, or a function word."""
        if self.random.random() < 0.35:
            return self.random.choice(self.language.function.split())
        made = "".join(self.random.choices(self.language.syllables.split(), k=2))
        big = self.language.cased and self.random.random() < self.language.capitals
        return made.capitalize() if big else made

    def name(self) -> str:
        """A made-up name, with a capital letter where the script has them."""
        made = "".join(self.random.choices(self.language.syllables.split(), k=3))
        return made.capitalize() if self.language.cased else made

    def number(self) -> str:
        """A number that two texts hardly ever have by chance."""
        return str(self.random.randint(11, 9_999))

    def sentence(self, words: int = 0, *, names: int = 1, numbers: int = 0) -> str:
        """A sentence of that many words, 12 to 22 without a number, some of them names."""
        parts = [self.word() for _ in range(words or self.random.randint(12, 22))]
        for made in [self.name() for _ in range(names)] + [self.number() for _ in range(numbers)]:
            parts[self.random.randrange(len(parts))] = made
        if self.language.cased:
            parts[0] = parts[0].capitalize()
        return (" " if self.language.spaced else "").join(parts) + self.language.stop

    def story(self, sentences: int) -> list[str]:
        """A story; every third sentence has a number."""
        return [self.sentence(numbers=n % 3 == 0) for n in range(sentences)]

    def quoted(self, sentence: str) -> str:
        """The sentence as a quotation."""
        return f"{self.language.quotes[0]}{sentence}{self.language.quotes[1]}"
