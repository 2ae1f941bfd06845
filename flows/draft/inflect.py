"""The past and the present of English verbs, for participles that become the verb of a sentence of their own."""


def _listed(words_in_a_row: str) -> list[str]:
    return words_in_a_row.split()


_PASTS = dict(
    pair.split(":")
    for pair in _listed(
        "be:was become:became begin:began bring:brought build:built buy:bought catch:caught choose:chose come:came "
        "cut:cut deal:dealt draw:drew drive:drove eat:ate fall:fell feed:fed feel:felt fight:fought find:found "
        "flee:fled fly:flew forbid:forbade forget:forgot get:got give:gave go:went grow:grew hang:hung have:had "
        "hear:heard hide:hid hit:hit hold:held hurt:hurt keep:kept know:knew lay:laid lead:led leave:left lend:lent "
        "let:let lose:lost make:made mean:meant meet:met pay:paid put:put quit:quit read:read ride:rode rise:rose "
        "run:ran say:said see:saw seek:sought sell:sold send:sent set:set shake:shook shoot:shot show:showed "
        "shrink:shrank shut:shut sink:sank sit:sat sleep:slept speak:spoke spend:spent spread:spread stand:stood "
        "steal:stole strike:struck swear:swore sweep:swept take:took teach:taught tear:tore tell:told think:thought "
        "throw:threw understand:understood wear:wore win:won withdraw:withdrew write:wrote"
    )
)
_DOUBLED = frozenset(
    _listed(
        "stop drop plan admit commit refer occur permit submit transfer ban bar cap cut grab ship slip step strip trim "
        "prefer regret rob rub scrap control expel compel propel cancel"
    )
)


def past(lemma: str) -> str:
    """The simple past of a verb: said, announced, stopped."""
    if lemma in _PASTS:
        return _PASTS[lemma]
    if lemma.endswith("e"):
        return f"{lemma}d"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ied"
    return f"{lemma}{lemma[-1]}ed" if lemma in _DOUBLED else f"{lemma}ed"


def present(lemma: str, plural: bool) -> str:
    """The present of the third person: says, or for a plural subject say."""
    if lemma == "be":
        return "are" if plural else "is"
    if lemma == "have":
        return "have" if plural else "has"
    if plural:
        return lemma
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ies"
    return f"{lemma}es" if lemma.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{lemma}s"
