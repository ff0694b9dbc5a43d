"""The words that bylines in many languages hold beside names. Data of bylines.py."""

import regex

FLAGS = regex.IGNORECASE | regex.V1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: What stands before names: "By", and what it is in other languages, which counts only where it
#: stands before a capital (or a script without): "Di Maio" and "Von Trier" are names of their own.
LEAD = regex.compile(
    r"^(?i:(?:(?:written|posted|published|reported|story|text|words|submitted|created|compiled"
    r"|uploaded|contributed|authored|article|analysis|opinion|commentary|review|column"
    r"|interview|reporting|sponsored|guest post"
    r"|presented|articles?|stories|recipes?)(?:\s+and\s+\w+)?\s+)?by:?(?:\s+|$)(?:the\s+)?|by:\s*)"
    r"|^(?i:(?:authors?|writers?|reporters?|byline|text|story|autore?s?|autor(?:a|in|en|es|as"
    r"|zy)?|auteure?s?"
    r"|verfasser(?:in)?|redaktion|redacción|redacci[oó]|redakcja|texto|texte|testo|tekst"
    r"|tekst av|tekst og foto"
    r"|foto|skribent|forfatter|författare|schrijver|yazar|muhabir|автор[ы]?|текст|автори|penulis"
    r"|tác giả"
    r"|reportage|reportaje|escribe|editor|oleh)\s*:\s*)"
    r"|^(?:(?:[Ee]in [A-ZÄÖÜ]\w+ von|[Ee]ine? \w+ von|VON|[Vv]on|[Pp]or|POR|[Pp]ar|PAR|[Dd]oor"
    r"|DOOR|[Dd]i|DI|[Aa]v|AV"
    r"|[Aa]f|AF|[Pp]er|[Oo]leh|[Dd]e la [Rr]edacción de|[Pp]ublié par|[Éé]crit par"
    r"|[Pp]ropos recueillis par"
    r"|[Pp]ublicado por|[Ee]scrito por|[Tt]exto de|[Aa] cura di|[Gg]eschrieben von"
    r"|[Vv]eröffentlicht von"
    r"|[Gg]epost door|[Ss]krevet av|[Ss]krevet af|[Oo]d|[Dd]e)\s+"
    r"(?=\p{Lu}[\p{L}\p{M}'’.-]*\s+\p{L}|\p{Lu}{2,}(?:\s|$)))"
    r"|^(?:(?:بقلم|كتب|كتبت|إعداد|تحرير)\s*[:：/]?\s*)"
    r"|^(?:(?:文|文字|作者|撰文|记者|記者|編集|编辑|責任編輯|责任编辑|责编|特派员|取材・文|執筆|来源|來源|来源|글|기자)"
    r"\s*[:：/／丨|]?\s*)",
    regex.V1,
)
BY = frozenset(["by", "von", "par", "por", "di", "da", "door", "av", "af", "od", "från", "fra"])
#: A newspaper by its article: "El País", "Der Spiegel".
ARTICLE = regex.compile(r"(?:el|il|der|die|das|los|las|the)\s\p{L}+", FLAGS)
#: What others than authors are named by.
NOT_BY = regex.compile(
    r"\s*(?:(?:medically |fact[- ]?|expert |last )?(?:reviewed|checked|edited|updated|translated"
    r"|illustrated|photographed|approved)|photos?|photograph(?:s|y)|illustrations?"
    r"|video|additional reporting|editing|produced|foto'?s?|fotos|crédito|bild(?:er)?"
    r"|photo et vidéo|traduction|traducción)"
    r"(?:\s+and\s+\w+)?\s*(?:by|von|par|por|di|de|door|:)(?:\s|$|:)",
    FLAGS,
)
#: Buttons and labels printed beside a name.
BUTTONS = regex.compile(
    r"(?:^|\s+|[,;:]\s*)(?:view (?:all )?(?:posts?|articles?|stories|profile|bio)(?: (?:by|from"
    r"|for))?|see all (?:posts|articles|stories)"
    r"|more (?:from|by|posts by|articles by|stories by)|all (?:posts|articles) by|follow(?: me"
    r"| us| on| @?\w+ on)?(?: twitter| x| facebook| linkedin)?"
    r"|twitter|facebook|instagram|linkedin|tumblr|pinterest|whatsapp|e-?mail(?: the author| me)?"
    r"|rss(?: feed)?|bio(?:graphy)?"
    r"|sign (?:in|up|out)|log ?in|log ?out|register|subscribe(?: now)?|share(?: this)?|print"
    r"|comments?|leave a comment|contact(?: the author)?"
    r"|website|profile|read more|learn more|about the authors?|opens? in (?:a )?new (?:tab"
    r"|window)|full bio|archive"
    r"|artikel (?:von|merken)|zur autorenseite|alle (?:artikel|beiträge)(?: von)?"
    r"|voir (?:tous )?(?:ses|les) articles(?: de)?"
    r"|ver (?:todos los )?(?:artículos|posts)(?: de)?|ver perfil|seguir|suivre|folgen|segui|icon"
    r"|image|avatar|text size|save|listen)(?=$|[\s,;:])",
    FLAGS,
)
MONTH = (
    r"jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]v(?:rier)?|mar(?:ch|s|zo)?|märz|apr(?:il)?"
    r"|avril|abril|may|mai|mayo|june?|juni|juin|junio"
    r"|july?|juli|juillet|julio|aug(?:ust)?|ao[uû]t|agosto|sep(?:t|tember|tembre|tiembre)?"
    r"|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?"
    r"|de[cz](?:ember|embre)?|d[ée]cembre|diciembre"
)
#: A date, a time or a length of reading; whatever is between two of them goes as well.
MOMENT = regex.compile(
    rf"\b(?:(?:first |last )?(?:updated?|published|posted|modified|created|aktualisiert|stand"
    rf"|publié|mis à jour|actualizado|publicado|aggiornato)"
    rf"(?: (?:on|at|le|am|el|il))?:?\s*(?=\d|(?:{MONTH})\b|$))?"
    rf"(?:(?:(?:mon|tues|wednes|thurs|fri|satur"
    rf"|sun)(?:day)?,?\s+)?(?:\b(?:{MONTH})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?(?:{MONTH})\b\.?(?:,?\s+(?:de\s+)?\d{{4}})?)"
    r"|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|\b\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr)?(?:\s*[A-Z]{2,4}\b)?"
    r"|\b\d{1,3}\s*[- ]?(?:min(?:ute)?s?|hours?|days?|weeks?|months?|years?)\b(?:\s+(?:read|ago))?"
    r"|\bage \d{1,2}\b)",
    FLAGS,
)
POST_NOMINAL = regex.compile(
    r"(?:(?:^|\s+)(?:(?i:jr|sr|esq|ph\.?\s?d|m\.?\s?d|d\.?\s?o|m\.?\s?b\.?\s?a|m\.?\s?s|m\.?\s?a"
    r"|b\.?\s?a|b\.?\s?sc|m\.?\s?sc|m\.?p\.?h|j\.?\s?d|r\.?\s?n"
    r"|r\.?d\.?n?|cfp|cpa|d\.?d\.?s|d\.?m\.?d|dvm|vmd|lcsw|psy\.?d|ed\.?d|facp|faan|frcp|frs|obe"
    r"|mbe|cbe|mp|mep)\.?®?|I{2,3}|IV"
    r"|\([\w ]{2,20}\)))+"
)
ROLES = (
    r"writers?|reporters?|editors?|correspondents?|columnists?|contributors?|journalists?"
    r"|photographers?|producers?|anchors?|interns?"
    r"|critics?|bloggers?|freelancers?|analysts?|commentators?|reviewers?|videographers?"
    r"|specialists?|strategists?|managers?|directors?"
    r"|presidents?|ceo|founders?|co-?founders?|professors?|lecturers?|associates?|assistants?"
    r"|bureau chiefs?|chiefs?|fellows?|researchers?|scientists?"
    r"|hosts?|meteorologists?|publishers?|authors?|experts?|consultants?|coordinators?"
    r"|attorneys?|officers?|engineers?|developers?|designers?"
    r"|redakteur(?:in)?|reporterin|korrespondent(?:in)?|autor(?:in)?|chefredakteur(?:in)?"
    r"|ressortleiter(?:in)?|volont[äa]r(?:in)?"
    r"|journaliste|rédact(?:eur|rice)(?: en chef)?|correspondante?|envoyée? spéciale?"
    r"|grand reporter|chroniqueu(?:r|se)"
    r"|redactora?|reportera?|corresponsal|periodista|enviad[oa] especial|columnista|colaborador[a]?"
    r"|jornalista|repórter|correspondente|colunista|editora?|giornalista|inviat[oa]"
    r"|corrispondente|redattore|redattrice"
    r"|redacteur|verslaggever|correspondent|journalist|toimittaja|dziennikarz|redaktor|muhabiri?"
    r"|корреспондент|журналист|обозреватель|редактор|기자|특파원|논설위원|記者|编辑|編集委員"
)
ROLE = regex.compile(
    rf"(?<![\p{{L}}'’-])(?:{ROLES})(?![\p{{L}}])|(?:记者|記者|编辑|編集委員|기자|특파원)$", FLAGS
)
QUALIFIER = (
    r"(?:(?:staff|senior|sr|chief|political|associate|assistant|deputy|managing|executive"
    r"|national|foreign|contributing|sports?|business"
    r"|special|guest|science|health|education|technology|tech|environment|art|arts|music|film|tv"
    r"|television|theater|theatre|food|travel|style|metro"
    r"|city|crime|legal|white house|washington|news|digital|web|online|copy|photo|video"
    r"|features?|opinion|editorial|fashion|lead|investigative"
    r"|data|economics|economic|financial|finance|world|international|diplomatic|defen[cs]e"
    r"|security|religion|home affairs|security|media|books?"
    r"|football|baseball|basketball|hockey|nfl|nba|mlb|nhl|entertainment|lifestyle|community"
    r"|court|courts|courthouse|state|statehouse|local|capitol|"
    r"weekend|night|morning|evening|real estate|general|royal|royals|africa|asia|europe"
    r"|middle east|china|moscow|beijing|london|paris|berlin|new york"
    r"|für|der|le|la|el|the|our|in|at|to|co)\.?[\s-]+)"
)
#: The initials shown in place of a picture: "AL Ann Lee".
AVATAR = regex.compile(r"^(\p{Lu})(\p{Lu})\s+(?=\1\p{Ll}+(?:\s\S+)*\s\2)")
ROLE_AT_END = regex.compile(
    rf"(?:(?<=\p{{L}}{{2}}\s\p{{L}}{{2,20}}\s)(?:senior|staff|chief|head|deputy|associate"
    rf"|contributing|managing|executive|lead|special)\b.*(?:{ROLES}).*$)|(?:^"
    rf"|[\s(–—-]++)(?:{QUALIFIER}){{0,4}}(?:{ROLES})\)?(?:[\s,–—-]++(?:at|for|of|in|with|für|bei"
    rf"|de|du|del|chez)\s.{{0,60}})?$",
    FLAGS,
)
ROLE_AT_START = regex.compile(rf"^(?:{QUALIFIER}){{0,4}}(?:{ROLES})[\s:–—-]++(?=\p{{Lu}})", FLAGS)
#: "Ann Lee, of The Gazette", "Jo Roe for CNN", "Jo Roe in Paris": whose or where she is.
AFFILIATION = regex.compile(
    r"(?<=[\p{L}.])\s+(?:for|in|at|of|from|via|FOR|IN|AT|reports?|reporting|für|bei|chez|à|en|em"
    r"|per|dla|à la|aus)\s+(?:the\s+)?\p{Lu}.{0,80}$|\s+exclusively$",
    regex.V1,
)
#: What is held in brackets at the end of a name: an agency, a role, a handle.
HELD = regex.compile(r"\s*[(（\[]([^()（）\[\]]{1,60})[)）\]]?\s*$", regex.V1)
ORGANISATION = regex.compile(
    r"(?<![\p{L}'’-])(?:news|newsroom|newspapers?|times|post|tribune|herald|gazette|journal"
    r"|magazine|media|press|agency|agencia|agence|agentur|agenzia"
    r"|network|radio|television|tv|staff|team|desk|department|center|centre|institute|university"
    r"|college|school|association|foundation|society"
    r"|council|committee|board|bureau|office|ministry|corp|corporation|inc|ltd|llc|gmbh|company"
    r"|group|service|services|studios?|productions?|community|club"
    r"|digital|online|editorial|editors|writers|reporters|contributors|correspondents|redaktion"
    r"|redacción|redação|rédaction|redazione|redactie|redaksjonen|redaktionen|redakcja|redakcia"
    r"|redakce"
    r"|toimitus|редакция|редакція|редакционная|newsdesk|guardian|telegraph|observer|standard"
    r"|chronicle|dispatch|examiner|inquirer|bulletin|hospital|clinic"
    r"|marketing|solutions|consulting|partners|blog|podcast|sports|weekly|daily|monthly"
    r"|nachrichten|zeitung|tageblatt|anzeiger|rundschau|presse|verlag"
    r"|periódico|diario|diário|jornal|jornalismo|noticias|notícias|le monde|libération|gazzetta"
    r"|corriere|giornale|agências?|agencias|correspondance|wires|wire (?:reports?|services?|staff)"
    r"|al jazeera|deutsche welle|france ?24|euronews|radio free europe|voice of america|rfi|nhk"
    r"|trt world|cgtn|bloomberg|politico|axios|tv5 ?monde|rai ?news"
    r"|bbc|cnn|nbc|cbs|abc|fox (?:news|business|sports|\d+)|npr|pbs|espn|usa today|msnbc|cnbc"
    r"|c-span|government|administration|police|public relations|pr|association|federation|union"
    r"|فريق|(?:ال)?(?:أخبار|وكالة|وكالات|صحيفة|قناة|جريدة|هيئة|تحرير))(?![\p{L}])"
    r"|(?-i:^[WK][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$|\((?:[A-Z][a-z]*\.\s?)+\)\s)|(?:社|報|报|网|網|新聞"
    r"|新闻|日报|編集部|编辑部|取材班|통신|신문|뉴스|취재팀)$|\.(?:com|org|net|de|fr|es|it|co\.uk|tv|ru|br|in)$",
    FLAGS,
)
#: What a desk adds to its outlet's name.
DESK = regex.compile(
    r"\s+(?:staff|team|network|desk|editors?|newsroom|news|online"
    r"|editorial(?: (?:staff|board|team))?"
    r"|writers?|reporters?|contributors?|digital|correspondents?|sports|web desk"
    r"|news desk|redaktion|live|com|blog|author|admin|bureau|lifestyle desk|sports desk)+$",
    FLAGS,
)
#: Words no name has: the piece is prose.
PROSE = regex.compile(
    r"(?<![\p{L}'’-])(?:the|this|that|was|were|is|are|has|have|about|your|our|their|his|her|you"
    r"|we|here|click|please|all rights|copyright|sponsored|advertisement|read|minutes?"
    r"|contributed|breaking|notre|nuestr[oa]|noss[oa]|unsere?[mrn]?|onze|cookie|cookies|privacy"
    r"|terms|index|menu|search|home|photo|credit|getty|undefined|null|none|unknown author"
    r"|n/a)(?![\p{L}'’-])|©",
    FLAGS,
)
NOBODY = _words(
    """
    sun mon tue tues wed thu thur thurs fri sat sunday monday tuesday wednesday thursday friday
    saturday lastupdate lastupdated admin administrator adminuser webmaster author authors
    anonymous editor editors staff staffwriter guest guestauthor guestcontributor user editorial
    editorialteam newsroom news team unknown root test default redaktion redacción redaccion
    rédaction redazione redação redactie writer reporter contributor website site blog superuser
    siteadmin qadmin wpadmin admin1 support info contact home sponsored signin login twitter
    facebook email share by von por par exclusive watch video opinion special correspondent
    agencies agencias agências agences agenturen wire wires wirereports fromwirereports
    wirereport wireservices fromwireservices various compiled x whatsapp telegram nan me
    sonstige diverse online web digital updated published posted archive multiple others more
    etal administrador redactor админ редакция нетавтора adminadmin
    """
)
#: First names common enough to tell a person from an outlet, where both could be meant.
GIVEN_NAMES = _words(
    """
    adam alan alex alexander alice allison amanda amy ana andrea andreas andrew andy angela anil
    anita ann anna anne annie anthony antonio ash ashley barbara ben benjamin beth bill bob brad
    brian brooke bruce carl carla carlos carol caroline catherine cathy charles charlotte chris
    christian christina christine christoph christopher claire clara colin cory craig cynthia
    dan daniel daniela dave david deborah denise dennis diana diane diego dominic don donald
    donna doug edward elena elisabeth elizabeth ellen emily emma eric erica erik erin eva evan
    fabian felix fernando florian francesco francisco frank gabriel gary george giulia giovanni
    grace greg gregory hannah hans heather helen henry holly ian ines irene isabel isabella ivan
    jack jacob jacques jake james jan jane janet jason jay jean jeff jeffrey jennifer jenny
    jeremy jessica jill jim joan joanna joe joel johannes john johnny jon jonathan jordan jorge
    jose josef joseph josh joshua juan judith julia julian julie justin karen karin karl kate
    katherine kathleen kathy katie keith kelly ken kenneth kevin kim klaus kristian kristin kyle
    larry laura lauren leah lee leo leonardo leslie liam linda lisa liz louis lucas lucy luis
    luke marc marco marcus maria marie mario mark markus marta martha martin mary mathieu matt
    matthew matthias max maya megan melanie melissa michael michelle miguel mike mohamed
    mohammed molly monica myles nadia nancy naomi natalie natasha nathan neil nicholas nick
    nicolas nicole nina noah nora olga oliver olivia oscar owen pablo paige pamela patricia
    patrick paul paula pedro peter phil philip pierre rachel ralph raymond rebecca richard rick
    rob robert roberto robin roger ron ronald rosa ross russell ruth ryan sabine sally sam
    samantha samuel sandra sara sarah scott sean sebastian sergio sharon simon sofia sophie
    stefan stephanie stephen steve steven stuart sue susan suzanne sven tanya ted teresa terry
    theresa thomas tim timothy tina toby todd tom tony tracy valentina vanessa veronica victor
    victoria vincent walter wendy will william wolfgang yvonne zach
    """
)
