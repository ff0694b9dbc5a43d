"""News agencies and syndicates, by the names they are credited with. Pure.

An agency's short name ("AP", "ANI", "PA") counts as it is written only: "Ani" is a first name and
"pa" a word. Its long names count in any case.
"""

import re

import regex

#: Each agency: its key, its short names as they are written | its long names in any language.
TABLE = """
ap: AP | Associated Press; AP News; AP Wire; Associated Press Television; APTN
reuters: | Reuters; Thomson Reuters; Reuters News; Reuters.com
reuters: | Рейтер; رويترز; ロイター; 路透社; 路透
afp: AFP afp | Agence France-Presse; Agence France Presse; Агентство Франс Пресс; فرانس برس
afp: | أ ف ب; 法新社; AFP通信; AFP=時事
dpa: dpa DPA | Deutsche Presse-Agentur; dpa-infocom; dpa-AFX; dpa international; dpa-tmn
sid: SID sid | Sport-Informations-Dienst
epd: epd EPD | Evangelischer Pressedienst
kna: KNA kna | Katholische Nachrichten-Agentur
upi: UPI | United Press International
xinhua: | Xinhua; Xinhua News Agency; Agencia Xinhua; Синьхуа; 新华社; 新華社; 新华网; شينخوا
cns: CNS | China News Service; 中新社; 中国新闻网; 中新网
tass: TASS ТАСС ИТАР-ТАСС ITAR-TASS | Tass News Agency; Russian News Agency Tass; Агентство ТАСС
ria: | RIA Novosti; RIA Nowosti; РИА Новости; Sputnik; Rossiya Segodnya; Спутник
interfax: | Interfax; Интерфакс; Interfax-Ukraine; Интерфакс-Украина
ukrinform: | Ukrinform; Укринформ; Укрінформ
unian: | UNIAN; УНИАН; УНІАН
efe: EFE Efe | Agencia EFE; EFE Agencia; EFE News
europapress: | Europa Press; Agencia Europa Press
ansa: ANSA Ansa | Agenzia ANSA; Agenzia Nazionale Stampa Associata
adnkronos: | Adnkronos; Agenzia Adnkronos
agi: AGI | Agenzia Giornalistica Italia; Agenzia Italia
lapresse: | LaPresse
lusa: LUSA Lusa | Agência Lusa; Agencia Lusa; Lusa News
brasil: | Agência Brasil; Agencia Brasil
estadao: | Estadão Conteúdo; Agência Estado
folhapress: | Folhapress
telam: | Télam; Telam; Agencia Télam
notimex: | Notimex
prensalatina: | Prensa Latina
pti: PTI | Press Trust of India; प्रेस ट्रस्ट ऑफ इंडिया; पीटीआई; भाषा
ani: ANI | Asian News International; एएनआई
ians: IANS | Indo-Asian News Service; Indo Asian News Service; आईएएनएस
uni: UNI | United News of India
app: APP | Associated Press of Pakistan
bss: BSS | Bangladesh Sangbad Sangstha
kyodo: | Kyodo; Kyodo News; 共同; 共同通信; 共同通信社; 共同社
jiji: | Jiji; Jiji Press; 時事; 時事通信; 時事通信社
yonhap: | Yonhap; Yonhap News; Yonhap News Agency; 연합뉴스; 韩联社; 聯合ニュース
newsis: | Newsis; 뉴시스
cna: CNA | Central News Agency; Focus Taiwan; 中央社
antara: | Antara; Antara News; LKBN Antara
bernama: | Bernama
vna: VNA TTXVN | Vietnam News Agency; Thông tấn xã Việt Nam
pna: PNA | Philippine News Agency
tna: TNA | Thai News Agency
aap: AAP | Australian Associated Press
nzn: NZN NZPA | NZ Newswire; New Zealand Press Association
pa: PA | Press Association; PA Media; PA News Agency; PA Sport; PA News
cp: CP | Canadian Press; La Presse canadienne; Presse canadienne; Canadian Press Enterprises
apa: APA apa | Austria Presse Agentur; APA OTS; APA/dpa
ats: ATS ats SDA sda | Keystone-SDA; Keystone-ATS; Agence télégraphique suisse
ats: | Schweizerische Depeschenagentur
belga: | Belga; Agence Belga; Belga News Agency
anp: ANP | Algemeen Nederlands Persbureau
tt: TT | TT Nyhetsbyrån; Tidningarnas Telegrambyrå; TT-Reuters
ntb: NTB ©NTB | Norsk Telegrambyrå; NTB scanpix
ritzau: | Ritzau; Ritzaus Bureau
stt: STT STT-Lehtikuva | Suomen Tietotoimisto
bns: BNS | Baltic News Service
elta: ELTA | ELTA naujienų agentūra
leta: LETA | LETA ziņu aģentūra
ctk: ČTK CTK čtk | Česká tisková kancelář; Czech News Agency
tasr: TASR SITA | Tlačová agentúra Slovenskej republiky
pap: PAP | Polska Agencja Prasowa
mti: MTI | Magyar Távirati Iroda
agerpres: | Agerpres; Mediafax
bta: БТА BTA | Българска телеграфна агенция; Bulgarian News Agency
tanjug: | Tanjug; Танјуг
hina: HINA | Hrvatska izvještajna novinska agencija
beta: BETA | Novinska agencija Beta
sta: STA | Slovenska tiskovna agencija
anampa: ΑΠΕ-ΜΠΕ ΑΠΕ AMNA | Athens News Agency; ANA-MPA; Αθηναϊκό Πρακτορείο Ειδήσεων
anadolu: AA | Anadolu Agency; Anadolu Ajansı; Anadolu; Agence Anadolu; وكالة الأناضول; الأناضول
dha: DHA | Demirören Haber Ajansı; Doğan Haber Ajansı
iha: İHA IHA | İhlas Haber Ajansı
mena: MENA | Middle East News Agency; وكالة أنباء الشرق الأوسط; أ ش أ
wam: WAM | Emirates News Agency; وكالة أنباء الإمارات; وام
spa: SPA | Saudi Press Agency; وكالة الأنباء السعودية; واس
qna: QNA | Qatar News Agency; وكالة الأنباء القطرية; قنا
kuna: KUNA | Kuwait News Agency; وكالة الأنباء الكويتية; كونا
petra: | Jordan News Agency Petra; وكالة الأنباء الأردنية; بترا
sana: SANA | Syrian Arab News Agency; وكالة سانا; سانا
irna: IRNA | Islamic Republic News Agency; ایرنا; خبرگزاری ایرنا
isna: ISNA | Iranian Students News Agency; ایسنا; خبرگزاری ایسنا
aps: APS | Algérie Presse Service; Agence de presse sénégalaise; وكالة الأنباء الجزائرية
map: MAP | Maghreb Arabe Presse; وكالة المغرب العربي للأنباء
tap: TAP | Tunis Afrique Presse; وكالة تونس إفريقيا للأنباء
nan: NAN | News Agency of Nigeria
gna: GNA | Ghana News Agency
sapa: SAPA Sapa | South African Press Association
ana: | African News Agency
kna-kenya: | Kenya News Agency
ena: ENA | Ethiopian News Agency
panapress: | Panapress; Panapresse
bloomberg: | Bloomberg; Bloomberg News; Bloomberg L.P.; Bloomberg LP; Bloomberg Opinion
bloomberg: | ブルームバーグ; 彭博社
dowjones: | Dow Jones; Dow Jones Newswires; Dow Jones & Company
marketwatch: | MarketWatch
cnnwire: | CNN Wire; CNN Newsource; The-CNN-Wire
tns: TNS | Tribune News Service; Tribune Content Agency; Tribune Washington Bureau
mct: MCT | McClatchy-Tribune; McClatchy-Tribune News Service; McClatchy Newspapers
mct: | McClatchy Washington Bureau; McClatchy
nyt: NYT | New York Times News Service; N.Y. Times News Service; NYT News Service
nyt: | New York Times Syndicate
wp: | Washington Post News Service; Washington Post-Bloomberg; Washington Post Writers Group
usat: | USA Today Network
scripps: | Scripps Howard News Service; Scripps News; E.W. Scripps
creators: | Creators Syndicate; Creators.com
kingfeatures: | King Features; King Features Syndicate
gatehouse: | GateHouse Media; More Content Now
cq: | CQ-Roll Call; CQ Roll Call
capitolnews: | Capitol News Illinois
statesnewsroom: | States Newsroom
theconversation: | The Conversation
propublica: | ProPublica
kff: KHN | KFF Health News; Kaiser Health News; California Healthline
calmatters: | CalMatters
marshall: | The Marshall Project
insideclimate: | Inside Climate News; InsideClimate News
stacker: | Stacker
healthday: | HealthDay; HealthDay News; HealthDay Reporter
livescience: | Live Science
contentengine: | ContentEngine; CE Noticias Financieras
projectsyndicate: | Project Syndicate
rfi: RFI | Radio France Internationale
rferl: RFE/RL | Radio Free Europe/Radio Liberty; Radio Free Europe
dw: DW | Deutsche Welle
voa: VOA | Voice of America
ips: IPS | Inter Press Service
prnewswire: | PR Newswire; PRNewswire; CNW Group
businesswire: | Business Wire; BusinessWire
globenewswire: | GlobeNewswire; GlobeNewsWire Inc.
"""
#: The sites of agencies: what is published there is theirs.
SITES = """
ap: apnews.com ap.org; reuters: reuters.com; afp: afp.com; dpa: dpa.com dpa-international.com
upi: upi.com; bloomberg: bloomberg.com; xinhua: xinhuanet.com news.cn
cns: chinanews.com ecns.cn; tass: tass.com tass.ru; ria: ria.ru sputniknews.com
interfax: interfax.ru interfax.com interfax.com.ua; ukrinform: ukrinform.net ukrinform.ua
unian: unian.info unian.ua unian.net; efe: efe.com; europapress: europapress.es; ansa: ansa.it
agi: agi.it; adnkronos: adnkronos.com; lusa: lusa.pt; pti: ptinews.com; ani: aninews.in
ians: ians.in; kyodo: kyodonews.net kyodonews.jp; jiji: jiji.com
yonhap: yna.co.kr yonhapnews.co.kr; newsis: newsis.com; cna: cna.com.tw focustaiwan.tw
antara: antaranews.com; bernama: bernama.com; aap: aap.com.au; pa: pa.media; apa: apa.at ots.at
belga: belga.be belganewsagency.eu; anp: anp.nl; ntb: ntb.no; ritzau: ritzau.dk ritzau.com
ctk: ctk.cz ctk.eu ceskenoviny.cz; tasr: tasr.sk; pap: pap.pl; mti: mti.hu
agerpres: agerpres.ro; bta: bta.bg; tanjug: tanjug.rs; hina: hina.hr; sta: sta.si
anampa: amna.gr; anadolu: aa.com.tr; dha: dha.com.tr; iha: iha.com.tr; mena: mena.org.eg
wam: wam.ae; spa: spa.gov.sa; qna: qna.org.qa; kuna: kuna.net.kw; petra: petra.gov.jo
sana: sana.sy; irna: irna.ir; isna: isna.ir; aps: aps.dz aps.sn; map: mapnews.ma
tap: tap.info.tn; nan: nannews.ng; gna: gna.org.gh; ena: ena.et; panapress: panapress.com
theconversation: theconversation.com; propublica: propublica.org; kff: kffhealthnews.org khn.org
calmatters: calmatters.org; marshall: themarshallproject.org
insideclimate: insideclimatenews.org; prnewswire: prnewswire.com; businesswire: businesswire.com
globenewswire: globenewswire.com; ips: ipsnews.net; statesnewsroom: statesnewsroom.com
"""
#: What stands around an agency's name in a credit and says nothing more.
AROUND = regex.compile(
    r"^(?:the|by|via|from|source|quelle|fuente|fonte|mit material von|with|por|par|von|di|©"
    r"|\(c\)|la|l')"
    r"\s+|\s+(?:staff|writers?|reporters?|correspondents?|news agency|newswires?|wires?"
    r"|news service"
    r"|contributors?|editors?|sports? writers?|exclusive|services?)$",
    regex.IGNORECASE,
)
EDGES = " \t\r\n.,;:!()[]{}<>|/*–—-\"'„“”«»（）【】[]"
SEPARATORS = re.compile(r"\s*[/|;+&]\s*|\s*,\s*|\s+(?:and|und|et|y|e|with|mit)\s+")


def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Keys by short name and by long name in lower case without "the"; how the long are spelled."""
    short, long, spellings = {}, {}, {}
    for line in TABLE.strip().splitlines():
        key, _, names = line.partition(":")
        brief, _, full = names.partition("|")
        short.update(dict.fromkeys(brief.split(), key))
        for name in filter(None, map(str.strip, full.split(";"))):
            long[name.casefold().removeprefix("the ")] = key
            spellings[name.casefold().removeprefix("the ")] = name
    return short, long, spellings


SHORT, LONG, SPELLINGS = _tables()


def _domains() -> dict[str, str]:
    """Keys by domain."""
    listed = (entry.partition(":") for line in SITES.splitlines() for entry in line.split(";"))
    return {domain: key.strip() for key, _, domains in listed for domain in domains.split()}


DOMAINS = _domains()


def site_agency(host: str) -> str:
    """The key of the agency whose site a host is; "" for any other."""
    labels = host.lower().partition(":")[0].split(".")
    domains = (".".join(labels[-count:]) for count in (2, 3))
    return next((DOMAINS[domain] for domain in domains if domain in DOMAINS), "")


def spelled(credit: str) -> str:
    """An agency's credit as the table spells it: "associated press" and "AP Staff" as one does."""
    bare, _ = _bare(credit)
    return SPELLINGS.get(bare.casefold(), bare)


def named_agency(credit: str) -> str:
    """The key of the agency a credit names, alone or first among others; "" where it names none.

    The whole credit must be that: "Reuters Staff" and "AFP/dpa" are, "Reuters Events" is not.
    """
    credit = " ".join(credit[:200].split())
    return _exactly(credit) or next(
        (key for part in SEPARATORS.split(credit) if (key := _exactly(part))), ""
    )


def is_agency(credit: str) -> bool:
    """Whether a credit is one agency's name and nothing else."""
    return bool(_exactly(" ".join(credit[:200].split())))


def _exactly(name: str) -> str:
    return _bare(name)[1]


def _bare(name: str) -> tuple[str, str]:
    """A name with what may stand around it taken off layer by layer, and the agency it is."""
    for _ in range(4):
        name = name.strip(EDGES)
        key = SHORT.get(name) or LONG.get(name.casefold())
        bare = name if key else AROUND.sub("", name)
        if bare == name:
            return name, key or ""
        name = bare
    return name, ""
