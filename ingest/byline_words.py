"""The words that bylines in many languages hold beside names. Data of bylines.py."""

import regex

FLAGS = regex.IGNORECASE | regex.V1

#: What stands before names: "By", and what it is in other languages, which counts only where it
#: stands before a capital (or a script without): "Di Maio" and "Von Trier" are names of their own.
LEAD = regex.compile(
    r"^(?i:(?:(?:written|posted|published|reported|story|text|words|submitted|created|compiled|reviewed"
    r"|edited|uploaded|contributed|authored|photos?|article|analysis|opinion|commentary|review|column"
    r"|interview|photographs?|reporting|medically reviewed|fact checked|sponsored|updated|guest post"
    r"|presented|articles?|stories|recipes?)(?:\s+and\s+\w+)?\s+)?by:?(?:\s+|$)(?:the\s+)?|by:\s*)"
    r"|^(?i:(?:authors?|writers?|reporters?|byline|text|story|autore?s?|autor(?:a|in|en|es|as|zy)?|auteure?s?"
    r"|verfasser(?:in)?|redaktion|redacción|redacci[oó]|redakcja|texto|texte|testo|tekst|tekst av|tekst og foto"
    r"|foto|skribent|forfatter|författare|schrijver|yazar|muhabir|автор[ы]?|текст|автори|penulis|tác giả"
    r"|reportage|reportaje|escribe|editor|oleh)\s*:\s*)"
    r"|^(?:(?:[Ee]in [A-ZÄÖÜ]\w+ von|[Ee]ine? \w+ von|VON|[Vv]on|[Pp]or|POR|[Pp]ar|PAR|[Dd]oor|DOOR|[Dd]i|DI|[Aa]v|AV"
    r"|[Aa]f|AF|[Pp]er|[Oo]leh|[Dd]e la [Rr]edacción de|[Pp]ublié par|[Éé]crit par|[Pp]ropos recueillis par"
    r"|[Pp]ublicado por|[Ee]scrito por|[Tt]exto de|[Aa] cura di|[Gg]eschrieben von|[Vv]eröffentlicht von"
    r"|[Gg]epost door|[Ss]krevet av|[Ss]krevet af|[Oo]d|[Dd]e)\s+"
    r"(?=\p{Lu}[\p{L}\p{M}'’.-]*\s+\p{L}|\p{Lu}{2,}(?:\s|$)))"
    r"|^(?:(?:بقلم|كتب|كتبت|إعداد|تحرير)\s*[:：/]?\s*)"
    r"|^(?:(?:文|文字|作者|撰文|记者|記者|編集|编辑|責任編輯|责任编辑|责编|特派员|取材・文|執筆|来源|來源|来源|글|기자)"
    r"\s*[:：/／丨|]?\s*)",
    regex.V1,
)
#: Buttons and labels printed beside a name.
BUTTONS = regex.compile(
    r"(?:^|\s+|[,;:]\s*)(?:view (?:all )?(?:posts?|articles?|stories|profile|bio)(?: (?:by|from|for))?|see all (?:posts|articles|stories)"
    r"|more (?:from|by|posts by|articles by|stories by)|all (?:posts|articles) by|follow(?: me| us| on| @?\w+ on)?(?: twitter| x| facebook| linkedin)?"
    r"|twitter|facebook|instagram|linkedin|tumblr|pinterest|whatsapp|e-?mail(?: the author| me)?|rss(?: feed)?|bio(?:graphy)?"
    r"|sign (?:in|up|out)|log ?in|log ?out|register|subscribe(?: now)?|share(?: this)?|print|comments?|leave a comment|contact(?: the author)?"
    r"|website|profile|read more|learn more|about the authors?|opens? in (?:a )?new (?:tab|window)|full bio|archive"
    r"|artikel (?:von|merken)|zur autorenseite|alle (?:artikel|beiträge)(?: von)?|voir (?:tous )?(?:ses|les) articles(?: de)?"
    r"|ver (?:todos los )?(?:artículos|posts)(?: de)?|ver perfil|seguir|suivre|folgen|segui|icon|image|avatar|text size|save|listen)(?=$|[\s,;:])",
    FLAGS,
)
MONTH = (
    r"jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]v(?:rier)?|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|may|mai|mayo|june?|juni|juin|junio"
    r"|july?|juli|juillet|julio|aug(?:ust)?|ao[uû]t|agosto|sep(?:t|tember|tembre|tiembre)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?"
    r"|de[cz](?:ember|embre)?|d[ée]cembre|diciembre"
)
#: A date, a time or a length of reading; whatever is between two of them goes as well.
MOMENT = regex.compile(
    rf"\b(?:(?:first |last )?(?:updated?|published|posted|modified|created|aktualisiert|stand|publié|mis à jour|actualizado|publicado|aggiornato)"
    rf"(?: (?:on|at|le|am|el|il))?:?\s*(?=\d|(?:{MONTH})\b|$))?"
    rf"(?:(?:(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?,?\s+)?(?:\b(?:{MONTH})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?(?:{MONTH})\b\.?(?:,?\s+(?:de\s+)?\d{{4}})?)"
    r"|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|\b\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr)?(?:\s*[A-Z]{2,4}\b)?"
    r"|\b\d{1,3}\s*[- ]?(?:min(?:ute)?s?|hours?|days?|weeks?|months?|years?)\b(?:\s+(?:read|ago))?"
    r"|\bage \d{1,2}\b)",
    FLAGS,
)
POST_NOMINAL = regex.compile(
    r"(?:(?:^|\s+)(?:(?i:jr|sr|esq|ph\.?\s?d|m\.?\s?d|d\.?\s?o|m\.?\s?b\.?\s?a|m\.?\s?s|m\.?\s?a|b\.?\s?a|b\.?\s?sc|m\.?\s?sc|m\.?p\.?h|j\.?\s?d|r\.?\s?n"
    r"|r\.?d\.?n?|cfp|cpa|d\.?d\.?s|d\.?m\.?d|dvm|vmd|lcsw|psy\.?d|ed\.?d|facp|faan|frcp|frs|obe|mbe|cbe|mp|mep)\.?®?|I{2,3}|IV"
    r"|\([\w ]{2,20}\)))+"
)
ROLES = (
    r"writers?|reporters?|editors?|correspondents?|columnists?|contributors?|journalists?|photographers?|producers?|anchors?|interns?"
    r"|critics?|bloggers?|freelancers?|analysts?|commentators?|reviewers?|videographers?|specialists?|strategists?|managers?|directors?"
    r"|presidents?|ceo|founders?|co-?founders?|professors?|lecturers?|associates?|assistants?|bureau chiefs?|chiefs?|fellows?|researchers?|scientists?"
    r"|hosts?|meteorologists?|publishers?|authors?|experts?|consultants?|coordinators?|attorneys?|officers?|engineers?|developers?|designers?"
    r"|redakteur(?:in)?|reporterin|korrespondent(?:in)?|autor(?:in)?|chefredakteur(?:in)?|ressortleiter(?:in)?|volont[äa]r(?:in)?"
    r"|journaliste|rédact(?:eur|rice)(?: en chef)?|correspondante?|envoyée? spéciale?|grand reporter|chroniqueu(?:r|se)"
    r"|redactora?|reportera?|corresponsal|periodista|enviad[oa] especial|columnista|colaborador[a]?"
    r"|jornalista|repórter|correspondente|colunista|editora?|giornalista|inviat[oa]|corrispondente|redattore|redattrice"
    r"|redacteur|verslaggever|correspondent|journalist|toimittaja|dziennikarz|redaktor|muhabiri?|корреспондент|журналист|обозреватель|редактор"
)
ROLE = regex.compile(rf"(?<![\p{{L}}'’-])(?:{ROLES})(?![\p{{L}}])|(?:记者|記者|编辑|編集委員|기자|특파원)$", FLAGS)
QUALIFIER = (
    r"(?:(?:staff|senior|sr|chief|political|associate|assistant|deputy|managing|executive|national|foreign|contributing|sports?|business"
    r"|special|guest|science|health|education|technology|tech|environment|art|arts|music|film|tv|television|theater|theatre|food|travel|style|metro"
    r"|city|crime|legal|white house|washington|news|digital|web|online|copy|photo|video|features?|opinion|editorial|fashion|lead|investigative"
    r"|data|economics|economic|financial|finance|world|international|diplomatic|defen[cs]e|security|religion|home affairs|security|media|books?"
    r"|football|baseball|basketball|hockey|nfl|nba|mlb|nhl|entertainment|lifestyle|community|court|courts|courthouse|state|statehouse|local|capitol|"
    r"weekend|night|morning|evening|real estate|general|royal|royals|africa|asia|europe|middle east|china|moscow|beijing|london|paris|berlin|new york"
    r"|für|der|le|la|el|the|our|in|at|to|co)\.?[\s-]+)"
)
#: The initials shown in place of a picture: "AL Ann Lee".
AVATAR = regex.compile(r"^(\p{Lu})(\p{Lu})\s+(?=\1\p{Ll}+(?:\s\S+)*\s\2)")
ROLE_AT_END = regex.compile(rf"(?:(?<=\p{{L}}{{2}}\s\p{{L}}{{2,20}}\s)(?:senior|staff|chief|head|deputy|associate|contributing|managing|executive|lead|special)\b.*(?:{ROLES}).*$)|(?:^|[\s(–—-])+(?:{QUALIFIER}){{0,4}}(?:{ROLES})\)?(?:[\s,–—-]+(?:at|for|of|in|with|für|bei|de|du|del|chez)\s.{{0,60}})?$", FLAGS)
ROLE_AT_START = regex.compile(rf"^(?:{QUALIFIER}){{0,4}}(?:{ROLES})[\s:–—-]+(?=\p{{Lu}})", FLAGS)
#: "Ann Lee, of The Gazette", "Jo Roe for CNN", "Jo Roe in Paris": whose or where she is.
AFFILIATION = regex.compile(
    r"(?<=[\p{L}.])\s+(?:for|in|at|of|from|via|reports?|reporting|für|bei|chez|à|en|em|per|dla|à la|aus)\s+(?:the\s+)?\p{Lu}.{0,80}$|\s+exclusively$",
    regex.V1,
)
#: What is held in brackets at the end of a name: an agency, a role, a handle.
HELD = regex.compile(r"\s*[(（\[]([^()（）\[\]]{1,60})[)）\]]?\s*$", regex.V1)
ORGANISATION = regex.compile(
    r"(?<![\p{L}'’-])(?:news|newsroom|newspapers?|times|post|tribune|herald|gazette|journal|magazine|media|press|agency|agencia|agence|agentur|agenzia"
    r"|network|radio|television|tv|staff|team|desk|department|center|centre|institute|university|college|school|association|foundation|society"
    r"|council|committee|board|bureau|office|ministry|corp|corporation|inc|ltd|llc|gmbh|company|group|service|services|studios?|productions?|community|club"
    r"|digital|online|editorial|editors|writers|reporters|contributors|correspondents|redaktion|redacción|redação|rédaction|redazione|redactie|redaksjonen|redaktionen|redakcja|redakcia|redakce"
    r"|toimitus|редакция|редакція|редакционная|newsdesk|guardian|telegraph|observer|standard|chronicle|dispatch|examiner|inquirer|bulletin|hospital|clinic"
    r"|marketing|solutions|consulting|partners|blog|podcast|sports|weekly|daily|monthly|nachrichten|zeitung|tageblatt|anzeiger|rundschau|presse|verlag"
    r"|periódico|diario|diário|jornal|jornalismo|noticias|notícias|le monde|libération|gazzetta|corriere|giornale|agências?|agencias|correspondance|wires|wire (?:reports?|services?|staff)"
    r"|bbc|cnn|nbc|cbs|abc|fox (?:news|business|sports|\d+)|npr|pbs|espn|usa today|msnbc|cnbc|c-span|government|administration|police|public relations|pr|association|federation|union"
    r"|الأخبار|وكالة|وكالات|صحيفة|قناة|جريدة|هيئة|تحرير)(?![\p{L}])"
    r"|(?:社|報|报|网|網|新聞|新闻|日报|編集部|编辑部|取材班|통신|신문|뉴스|취재팀)$|\.(?:com|org|net|de|fr|es|it|co\.uk|tv|ru|br|in)$",
    FLAGS,
)
#: What a desk adds to its outlet's name.
DESK = regex.compile(
    r"\s+(?:staff|team|desk|editors?|newsroom|news|online|editorial(?: (?:staff|board|team))?|writers?|reporters?|contributors?|digital|correspondents?|sports|web desk"
    r"|news desk|redaktion|live|com|blog|author|admin|bureau|lifestyle desk|sports desk)+$",
    FLAGS,
)
#: Words no name has: the piece is prose.
PROSE = regex.compile(
    r"(?<![\p{L}'’-])(?:the|this|that|was|were|is|are|has|have|about|your|our|their|his|her|you|we|here|click|please|all rights|copyright|sponsored|advertisement|read|minutes?"
    r"|contributed|breaking|cookie|cookies|privacy|terms|index|menu|search|home|photo|credit|getty|undefined|null|none|unknown author|n/a)(?![\p{L}'’-])|©",
    FLAGS,
)
NOBODY = frozenset(
    "sun mon tue tues wed thu thur thurs fri sat sunday monday tuesday wednesday thursday friday saturday lastupdate lastupdated admin administrator adminuser webmaster author authors anonymous editor editors staff staffwriter guest guestauthor guestcontributor user"
    " editorial editorialteam newsroom news team unknown root test default redaktion redacción redaccion rédaction redazione redação redactie"
    " writer reporter contributor website site blog superuser siteadmin qadmin wpadmin admin1 support info contact home sponsored signin login"
    " twitter facebook email share by von por par exclusive watch video opinion special correspondent agencies agencias agências agences agenturen"
    " wire wires wirereports fromwirereports wirereport wireservices fromwireservices various compiled x whatsapp telegram nan me sonstige diverse"
    " online web digital updated published posted archive multiple others more etal administrador redactor админ редакция нетавтора adminadmin".split()
)
PARTICLES = frozenset(
    "van von der den de del della di da dos das do du la le y e i bin ibn al el ten ter zu zum zur af av st van't 't".split()
) - {"st"}
KEPT = frozenset("II III IV JJ DJ TJ AJ CJ PJ RJ MJ BJ KJ LJ".split())
MAC = {
    f"Mac{rest.lower()}": f"Mac{rest}"
    for rest in (
        "Donald Leod Gregor Dougall Farlane Intyre Kinnon Lean Millan Pherson Arthur Aulay Callum"
        " Neil Dowell Gillivray Innes Lachlan Naughton Namara Swan".split()
    )
}
