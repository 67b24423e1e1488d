"""What stands round a PDF's pages: fonts, layers, the order of reading, colours and metadata.

ReportLab writes the objects; it has no calls for layers, tags and output intents, so these are made
of its dictionaries.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pbn.core.sheet import Weight
from pbn.export import _archive, _fonts

_VERSION = (1, 7)
_LEVEL = 2
_CREATOR, _PRODUCER = "pbn", "ReportLab"


def new_canvas(out: BytesIO, title: str, language: str) -> Canvas:
    """An empty document whose only fonts are ours; it asks to be printed as large as it is."""
    for weight in Weight:
        if _fonts.NAMES[weight] not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(_fonts.NAMES[weight], _fonts.file(weight)))
    rl_config.useA85 = 0
    canvas = Canvas(
        out,
        invariant=1,
        pageCompression=1,
        pdfVersion=_VERSION,
        initialFontName=_fonts.NAMES[Weight.REGULAR],
        lang=language,
    )
    document = canvas._doc
    document.info = _Info()
    document.encrypt = _LineEnds()
    canvas.setTitle(title)
    canvas.setCreator(_CREATOR)
    canvas.setProducer(_PRODUCER)
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    packet = _archive.metadata(title=title, language=language, creator=_CREATOR, producer=_PRODUCER)
    _put(document, "Metadata", _stream(packet, Type="Metadata", Subtype="XML"))
    _put(document, "OutputIntents", pdfdoc.PDFArray([_intent(document)]))
    return canvas


class Groups:
    """The document's optional content: one group for each layer's name, on every page that has it."""

    def __init__(self, canvas: Canvas) -> None:
        self._doc = canvas._doc
        self._names: dict[str, str] = {}
        self._groups: dict[str, Any] = {}

    def name(self, layer: str) -> str:
        """The resource name of a layer."""
        if layer not in self._names:
            self._names[layer] = f"L{len(self._names)}"
            group = _dictionary(Type=_name("OCG"), Name=pdfdoc.PDFString(layer))
            self._groups[self._names[layer]] = self._doc.Reference(group, f"layer.{layer}")
        return self._names[layer]

    def declare(self, number: int) -> None:
        """Give a finished page the resources that ReportLab would, and the groups."""
        page = self._doc.idToObject[f"Page{number}"]
        resources = pdfdoc.PDFResourceDictionary(Properties=dict(self._groups))
        resources.basicFonts()
        resources.allProcs()
        if page.XObjects:
            resources.XObject = page.XObjects
        page.Resources = resources

    def finish(self) -> None:
        """List the groups in the catalogue, all shown."""
        order = pdfdoc.PDFArray(list(self._groups.values()))
        shown = _dictionary(
            Name=pdfdoc.PDFString("Layers"), Order=order, ON=order, BaseState=_name("ON"), RBGroups=_array()
        )
        _put(self._doc, "OCProperties", _dictionary(OCGs=order, D=shown))


class Tags:
    """The order in which the document is read: a section for each page, in it what its text is."""

    def __init__(self, canvas: Canvas) -> None:
        self._doc = canvas._doc
        self._root = _dictionary(Type=_name("StructTreeRoot"))
        self._sections, self._parents = _array(), _array()
        self._document = self._element("Document", self._doc.Reference(self._root, "tags"), K=self._sections)
        self._page, self._marked = 0, _array()
        self._section: Any = self._document

    def begin(self, number: int, name: str) -> None:
        """What follows is on the page of this number."""
        self._page, self._marked = number, _array()
        self._section = self._element("Sect", self._document, T=pdfdoc.PDFString(name), K=_array())
        self._sections.sequence.append(self._section)

    def tag(self, kind: str, *, alt: str = "") -> int:
        """The number to mark something with that is read next: a heading (H1), P or Figure."""
        number = len(self._marked.sequence)
        more = {"Alt": pdfdoc.PDFString(alt)} if alt else {}
        page = pdfdoc.PDFObjectReference(f"Page{self._page}")
        element = self._element(kind, self._section, Pg=page, K=number, **more)
        self._marked.sequence.append(element)
        self._doc.idToObject[self._section.name].dict["K"].sequence.append(element)
        return number

    def end(self) -> None:
        """The page is finished."""
        page = self._doc.idToObject[f"Page{self._page}"]
        page.StructParents, page.Tabs = self._page - 1, _name("S")
        page.__NoDefault__ = [*type(page).__NoDefault__, "StructParents", "Tabs"]
        self._parents.sequence += [self._page - 1, self._marked]

    def finish(self) -> None:
        """Put the tree into the catalogue."""
        self._root.dict["K"] = self._document
        self._root.dict["ParentTree"] = _dictionary(Nums=self._parents)
        self._root.dict["ParentTreeNextKey"] = self._page
        _put(self._doc, "StructTreeRoot", pdfdoc.PDFObjectReference("tags"))
        _put(self._doc, "MarkInfo", _dictionary(Marked="true"))

    def _element(self, kind: str, parent: Any, **entries: Any) -> Any:
        element = _dictionary(Type=_name("StructElem"), S=_name(kind), P=parent, **entries)
        return self._doc.Reference(element, f"tag.{len(self._doc.idToObject)}")


class _Deflate(pdfdoc.PDFStreamFilterZCompress):  # type: ignore[misc]
    """ReportLab's compression, at a level that takes a sixth of the time for a tenth more bytes."""

    def encode(self, text: Any) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, _LEVEL)


def deflate(canvas: Canvas, number: int) -> None:
    """Have a finished page's operators compressed, quickly."""
    page = canvas._doc.idToObject[f"Page{number}"]
    page.Contents = pdfdoc.PDFStream(content=page.stream, filters=[_Deflate()])


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The document's information without the dates that ReportLab would make up."""

    def format(self, document: Any) -> bytes:
        entries = {"Title": self.title, "Producer": self.producer, "Creator": self.creator}
        written: bytes = _dictionary(**{k: pdfdoc.PDFString(v) for k, v in entries.items()}).format(document)
        return written


class _LineEnds(pdfdoc.NoEncryption):  # type: ignore[misc]
    """Ends the line after each stream's data, as PDF/A asks (ISO 19005-2, 6.1.7.1) and ReportLab does not.

    What it hands back for a stream's data is as long as they are, and is written with a line's end.
    """

    def encode(self, data: bytes) -> _Line:
        return _Line(data)


class _Line(pdfdoc.PDFObject):  # type: ignore[misc]
    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def format(self, document: Any) -> bytes:
        return self._data + b"\n"


def _intent(document: Any) -> Any:
    """Colours are sRGB."""
    profile = document.Reference(_stream(_archive.srgb_profile(), compressed=True, N=3), "profile")
    name = pdfdoc.PDFString(_archive.PROFILE_NAME)
    return _dictionary(
        Type=_name("OutputIntent"),
        S=_name("GTS_PDFA1"),
        OutputConditionIdentifier=name,
        Info=name,
        DestOutputProfile=profile,
    )


def _put(document: Any, key: str, value: Any) -> None:
    """Add an entry to the catalogue."""
    catalog = document.Catalog
    setattr(catalog, key, value)
    if key not in catalog.__NoDefault__:
        catalog.__NoDefault__ = [*catalog.__NoDefault__, key]


def _stream(data: bytes, *, compressed: bool = False, **entries: Any) -> Any:
    """A stream; metadata stay readable to programs that know no PDF."""
    names = {k: _name(v) if isinstance(v, str) else v for k, v in entries.items()}
    filters = [pdfdoc.PDFZCompress] if compressed else None
    return pdfdoc.PDFStream(_dictionary(**names), data, filters)


def _dictionary(**entries: Any) -> Any:
    return pdfdoc.PDFDictionary(entries)


def _array() -> Any:
    return pdfdoc.PDFArray([])


def _name(text: str) -> Any:
    return pdfdoc.PDFName(text)
