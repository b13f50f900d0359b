//! Tables in and out: xlsx and csv become rows of text, and back. It knows nothing of sets.

use calamine::{Data, Reader};
use kernel::text::Text;
use std::io::Cursor;

/// A table: the first row holds the names of the columns.
pub type Table = Vec<Vec<String>>;

/// The most rows of a table.
pub const MOST_ROWS: usize = 50_000;
/// The most bytes of a file.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes of an xlsx once it is unpacked.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// Reads a table: xlsx by its first bytes, else csv in UTF-8 or GBK. Empty rows at the end are left out.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn read(bytes: &[u8]) -> Result<Table, Text> {
    if bytes.len() > MOST_BYTES {
        return Err(Text::new("文件太大，最多 16 MB", "the file is too large: 16 MB at most"));
    }
    let mut table = if bytes.starts_with(b"PK") { xlsx(bytes)? } else { csv(bytes)? };
    while table.last().is_some_and(|row| row.iter().all(String::is_empty)) {
        table.pop();
    }
    if table.len() > MOST_ROWS {
        return Err(Text::new(format!("最多 {MOST_ROWS} 行"), format!("at most {MOST_ROWS} rows")));
    }
    if table.len() < 2 {
        return Err(Text::new(
            "表里没有数据：第一行写列名，下面是内容",
            "the table is empty: names of columns, then rows",
        ));
    }
    Ok(table)
}

fn xlsx(bytes: &[u8]) -> Result<Table, Text> {
    let unreadable =
        || Text::new("这个 Excel 文件打不开，请另存为 .xlsx 再试", "this Excel file cannot be read; save it as .xlsx");
    // A few kilobytes can hold gigabytes of zeros.
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let sizes = (0..parts.len()).map(|n| parts.by_index_raw(n).map_or(0, |f| f.size()));
    if sizes.fold(0u64, u64::saturating_add) > MOST_UNPACKED {
        return Err(Text::new("文件里的内容太多，打不开", "there is too much in this file to open it"));
    }
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let sheet = book.worksheet_range_at(0).ok_or_else(unreadable)?.map_err(|_| unreadable())?;
    let cell = |c: &Data| match c {
        Data::Empty => String::new(),
        // Excel keeps whole numbers as fractions; a code must not become `3.0`.
        Data::Float(f) if f.fract() == 0.0 && f.abs() < 1e15 => format!("{f:.0}"),
        other => other.to_string().trim().to_owned(),
    };
    Ok(sheet.rows().map(|row| row.iter().map(cell).collect()).collect())
}

fn csv(bytes: &[u8]) -> Result<Table, Text> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
            if broken {
                return Err(Text::new("文字读不出来，请存成 UTF-8 或 GBK", "the text is neither UTF-8 nor GBK"));
            }
            text.into_owned()
        }
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let row = |r: Result<csv::StringRecord, csv::Error>| {
        let r = r.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            Text::new(format!("第 {line} 行读不出来"), format!("line {line} cannot be read"))
        })?;
        Ok(r.iter().map(|c| c.trim().to_owned()).collect())
    };
    reader.records().map(row).collect()
}

/// A table as csv that Excel opens rightly: UTF-8 with its mark.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn to_csv(table: &Table) -> Result<Vec<u8>, Text> {
    let failed = || Text::new("写不出来", "it cannot be written");
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(b"\xEF\xBB\xBF".to_vec());
    for row in table {
        // A spreadsheet must not take a text for a formula.
        writer.write_record(row.iter().map(|c| plain(c))).map_err(|_| failed())?;
    }
    writer.into_inner().map_err(|_| failed())
}

fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

/// A table as xlsx, every cell as text.
///
/// # Errors
/// A table that no sheet can hold.
pub fn to_xlsx(table: &Table) -> Result<Vec<u8>, Text> {
    let failed =
        |e: rust_xlsxwriter::XlsxError| Text::new(format!("写不出来：{e}"), format!("it cannot be written: {e}"));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0u32..).zip(table) {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write_string(row, column, cell).map_err(failed)?;
        }
    }
    sheet.autofit();
    book.save_to_buffer().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        [["code", "name"], ["0012", "修路，补坑"], ["3", "=1+1"]].map(|r| r.map(str::to_owned).to_vec()).to_vec()
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(read(&to_xlsx(&table()).expect("writes")).expect("reads"), table());
        let csv = read(&to_csv(&table()).expect("writes")).expect("reads");
        assert_eq!(csv[1], table()[1]);
        assert_eq!(csv[2][1], "'=1+1", "no formula");
    }

    #[test]
    fn gbk_is_read_and_nonsense_is_told() {
        let (gbk, _, _) = encoding_rs::GBK.encode("code,name\n1,修路\n");
        assert_eq!(read(&gbk).expect("reads")[1][1], "修路");
        assert!(read(b"PK\x03\x04 no book").is_err());
        assert!(read(b"code,name\n").is_err(), "no rows");
        assert!(read(b"").is_err());
    }
}
