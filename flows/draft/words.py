"""Closed lists of English words that tell how something is said. One place, since several questions ask for them."""


def _bag(words_in_a_row: str) -> frozenset[str]:
    return frozenset(words_in_a_row.split())


SAYING = _bag(
    "say tell add announce state claim insist note explain confirm declare argue write report acknowledge emphasise "
    "emphasize reiterate testify admit deny warn stress assert allege reveal disclose remark estimate conclude promise "
    "pledge vow agree recall describe complain reply respond maintain contend"
)

MAYBE = _bag("may might could would")
OUGHT = _bag("should must ought shall need")
GUESSING = _bag("perhaps maybe possibly probably likely presumably supposedly apparently arguably seemingly")
RUMOUR = _bag("rumor rumour speculation grapevine gossip hearsay whisper")
# What is said of somebody's guess, hope or fear is no fact about the world.
GUESS_NOUNS = _bag("expectation hope fear assumption prospect possibility likelihood chance")
SEEMING = _bag("seem appear look feel sound remain")

# Verbs by which a writer reads something into what happened, where the subject is no person, body or count.
READING_IN = _bag(
    "highlight underscore underline underscores reflect suggest indicate show signal represent demonstrate illustrate "
    "raise mean speak reveal point hint echo embody symbolise symbolize capture paint send inject prove seem appear "
    "look remain loom matter deserve remind underpin fuel add mark set create offer bring leave make complicate "
    "threaten overshadow"
)
EVIDENCE = _bag(
    "report study survey poll figure figures data statistic statistics census document record records audit inquiry "
    "investigation test tests analysis letter email ruling court file footage image photograph"
)

SPEAKERS = _bag("delegation government official team leader spokesman spokeswoman spokesperson")

EVALUATIVE = _bag(
    "dramatic special rampant crucial critical important historic positive negative notable remarkable surprising "
    "shocking impressive disappointing encouraging worrying alarming troubling clear unclear complicated complex "
    "difficult hard easy good bad better best worse worst great terrible wonderful beautiful ugly strange odd curious "
    "interesting fascinating exciting boring sad happy unfortunate fortunate tragic stunning significant vital key "
    "essential necessary useful useless right wrong fair unfair reasonable unreasonable smart wise foolish stupid "
    "brave bold ambitious obvious evident inevitable unlikely likely uncertain doubtful promising hopeful hopeless "
    "cautious optimistic pessimistic powerful weak strong fragile delicate sensitive tense high-stakes memorable "
    "symbolic telling welcome overdue rare unique unprecedented extraordinary ordinary perfect ideal bleak grim "
    "bright brilliant charming lovely pleasant defining pivotal decisive lasting bitter sweet painful costly worth "
    "possible impossible true false simple"
)
EVALUATIVE_NOUNS = _bag(
    "moment breakthrough milestone triumph disaster tragedy failure success miracle shame scandal gem masterpiece joke "
    "mess nightmare dream test gamble mistake lesson reminder sign signal symbol testament step choice challenge "
    "opportunity game-changer watershed backdrop blow boost irony mystery surprise pleasure joy pity wonder problem"
)
COMMENTING = _bag(
    "meanwhile however moreover furthermore nevertheless nonetheless therefore thus indeed certainly surely obviously "
    "clearly importantly notably interestingly unfortunately fortunately sadly happily finally lastly firstly secondly "
    "additionally also then still yet instead rather besides incidentally ironically critically of_course again too "
    "overall ultimately similarly likewise accordingly consequently hence now already even just"
)

FIRST_PERSON = _bag("i we my our me us mine ours myself ourselves")
SECOND_PERSON = _bag("you your yours yourself")

PARTICIPLE_COMMENT = READING_IN | _bag("become turn help allow enable ensure reinforce spark prompt")
"""Verbs whose participle after a comma ("…, underscoring its will") comments rather than tells."""

PRESUPPOSED = {
    "presence": "is present",
    "resignation": "has resigned",
    "death": "has died",
    "arrest": "has been arrested",
    "appointment": "has been appointed",
    "dismissal": "has been dismissed",
    "arrival": "has arrived",
    "departure": "has left",
    "absence": "is absent",
    "retirement": "has retired",
    "re-election": "has been re-elected",
    "release": "has been released",
}
"""Nouns that take for granted that something is so of the person they belong to, and how it is said."""

PORTFOLIOS = _bag(
    "defense defence foreign interior finance prime culture health economy justice education energy transport police "
    "environment home security vice deputy chief executive trade state national regional local acting former"
)
VAGUE_OBJECTS = _bag("context insight detail clarity perspective light goal importance need significance attention")
"""What a sentence may provide, give or stress without telling anything."""
SOMEBODY = _bag(
    "man woman boy girl child person suspect driver victim attacker gunman student teacher worker officer official "
    "spokesman spokeswoman resident witness passenger patient soldier player singer author lawyer doctor farmer pilot "
    "inmate prisoner teenager defendant employee candidate leader"
)
"""Nouns for one person: a "he" after one of them needs no name."""
ONE_OF_A_KIND = _bag(
    "world war government state public media press internet police army navy military economy law sun moon sky sea "
    "earth weather climate past present future end beginning start rest middle time way country nation north south "
    "east west church market markets right left opposition parliament people truth environment universe"
)
"""Nouns that a report may have with "the" and nothing else, and be understood."""
VAGUE_NOUNS = _bag(
    "time year month week day hour name number people group way part case thing place point area member person man "
    "woman others datum data news report statement site page content kind sort lot question example fact reason "
    "something someone everyone today moment video image photo article story comment percent million billion"
)
"""Nouns that any article may have: they tell no event."""
BOTH_COUNTRIES = _bag("country nation side neighbour neighbor capital state party")
BODY_WORDS = _bag(
    "company firm bank agency group party club university ministry court council union organisation organization "
    "airline institute committee commission foundation association school hospital museum operator manufacturer maker "
    "retailer society authority team utility carrier developer startup board regulator"
)
PLACE_WORDS = _bag("city town village country island region state province capital port district municipality county")
PRONOUNS = _bag("he she it they him her them his its their hers theirs himself herself itself themselves")
POINTING = _bag("this that these those such")
