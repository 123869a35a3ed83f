"""Files as Oscar of the strategy office might bring them, made by the byte."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

PLAIN = [["ref", "title", "owner"], ["DS-001", "Open data", "Olga Owens"], ["DS-002", "Data skills", "Omar Odell"]]

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def a_csv(rows=PLAIN, delimiter=",", end="\r\n", encoding="utf-8"):
    """Return the bytes of a CSV file; a cell is put in quotation marks when it has to be."""
    return end.join(delimiter.join(quoted(cell, delimiter) for cell in row) for row in rows).encode(encoding)


def quoted(cell, delimiter=","):
    """Return the cell as CSV writes it."""
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {'"', "\r", "\n", delimiter} else cell


def a_zip(parts, method=zipfile.ZIP_DEFLATED):
    """Return the bytes of a zip with these parts, which are (name, content) or a dict."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return made.getvalue()


def an_xlsx(rows=PLAIN, fill=None, **options):
    """Return a workbook with these rows in its first sheet; `fill` does more to (workbook, sheet)."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        sheet = book.add_worksheet("Initiatives")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if fill:
            fill(book, sheet)
    return made.getvalue()


def xlsx_parts(rows_xml, *, more="", doctype="", sheets=None):
    """Return the parts of the smallest workbook, with the XML of its rows written by hand."""
    book = sheets or '<sheet name="Initiatives" sheetId="1" r:id="rId1"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{_SPREADSHEET}">'
        f"<sheetData>{rows_xml}</sheetData>{more}</worksheet>",
    }


def said(*cells):
    """Return a row of XLSX that says its cells in place, and not where it stands."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells) + "</row>"


TOP = said(*PLAIN[0])


def an_ods(rows_xml, *, more_tables="", styles="", table="", manifest="<manifest/>", method=zipfile.ZIP_DEFLATED):
    """Return an ODS workbook with the XML of its first table's rows written by hand."""
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names} xmlns:calcext="urn:calc" office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Initiatives"{table}>{rows_xml}</table:table>{more_tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return a_zip({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest}, method)


def ods_row(*cells, **attributes):
    """Return a row of ODS: a text, or for the rest (type, value, text)."""
    return f"<table:table-row{_attributes(attributes)}>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(cell):
    kind, value, text = ("string", "", cell) if isinstance(cell, str) else cell
    if not kind and not text:
        return f"<table:table-cell{value}/>"
    held = {"date": "date-value", "boolean": "boolean-value", "time": "time-value", "string": ""}.get(kind, "value")
    value = f" office:{held}={quoteattr(value)}" if held else value
    return f'<table:table-cell office:value-type="{kind}"{value}><text:p>{escape(text)}</text:p></table:table-cell>'


def _attributes(attributes):
    return "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
