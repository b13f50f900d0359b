//! Why a file was refused, in words for the person who sent it: what, where, what to do.
//!
//! The words name no content and no file name.

/// A reason for refusing a file. `Display` is for logs; people read `zh` or `en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub enum Refusal {
    /// No bytes.
    Empty,
    /// More than `MAX_BYTES`.
    TooLarge,
    /// A kind that is not on the list.
    UnknownKind,
    /// Begins like a picture and cannot be decoded.
    BrokenPicture,
    /// More pixels than are decoded.
    TooManyPixels,
    /// Unpacks to more than is reasonable, or into too many parts.
    Bomb,
    /// A damaged or oddly built document.
    BrokenDocument,
    /// Macros, scripts or programs inside a document.
    ActiveContent,
    /// Encrypted: nobody could read it.
    Encrypted,
    /// An archive that is no document.
    Archive,
    /// Web page, SVG or XML, or text that pretends not to be.
    Markup,
    /// Two kinds in one file.
    TwoKinds,
    /// A film.
    Video,
    /// The installation's scanner objects.
    Virus,
}

impl Refusal {
    /// For people, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Empty => "这个文件是空的。请确认文件能正常打开后重新选择。",
            Self::TooLarge => "这个文件超过 20 MB。请压缩、裁剪或分成几个文件后再上传。",
            Self::UnknownKind => {
                "不支持这种文件。可以上传照片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx）、文本和录音（MP3、M4A、WAV、AMR）。"
            }
            Self::BrokenPicture => "这张图片打不开，可能没有传完整，或者不是图片。请重新拍照或另存为 JPG 后再上传。",
            Self::TooManyPixels => "这张图片的像素太多（长、宽均不超过 12000，总数不超过 5000 万）。请缩小后再上传。",
            Self::Bomb => "这个文件解压后过大或条目过多，不能接收。请另存为 PDF，或分成几个文件后再上传。",
            Self::BrokenDocument => "这份文档已损坏或格式不标准。请用办公软件打开，另存为 docx、xlsx 或 PDF 后再上传。",
            Self::ActiveContent => {
                "这份文档带有宏、脚本或内嵌程序，不能接收。请另存为不带宏的 docx、xlsx，或打印成 PDF 后再上传。"
            }
            Self::Encrypted => "这个文件加了密码，经办人员无法查看。请取消密码后再上传。",
            Self::Archive => "不接收压缩包。请解压后逐个上传里面的文件。",
            Self::Markup => "不接收网页、SVG 或 XML 文件。请截图，或打印成 PDF 后再上传。",
            Self::TwoKinds => "这个文件里藏有另一种文件，不能接收。请用原来的软件另存一份后再上传。",
            Self::Video => "暂不接收视频。请上传关键画面的截图或录音，并在说明中写明有视频可以提供。",
            Self::Virus => "安全检查认为这个文件有风险，不能接收。请查杀病毒后再上传，或者直接用文字说明。",
        }
    }

    /// For people, in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Empty => "This file is empty. Make sure that it opens, then choose it again.",
            Self::TooLarge => "This file is larger than 20 MB. Compress it, cut it or send it in parts.",
            Self::UnknownKind => {
                "This kind of file is not accepted. Send a photo (JPG, PNG, WebP), PDF, Word (docx), Excel (xlsx), plain text or a recording (MP3, M4A, WAV, AMR)."
            }
            Self::BrokenPicture => {
                "This picture cannot be opened: it is incomplete or no picture. Take it again or save it as JPG, then send it."
            }
            Self::TooManyPixels => {
                "This picture has too many pixels (12000 at most each way, 50 million in all). Make it smaller, then send it."
            }
            Self::Bomb => {
                "This file unpacks to too much or into too many parts. Save it as PDF or split it, then send it."
            }
            Self::BrokenDocument => {
                "This document is damaged or not built as usual. Open it, save it as docx, xlsx or PDF, then send it."
            }
            Self::ActiveContent => {
                "This document holds macros, scripts or programs. Save it without macros or print it to PDF, then send it."
            }
            Self::Encrypted => {
                "This file is locked with a password, so nobody could read it. Remove the password, then send it."
            }
            Self::Archive => "Archives are not accepted. Unpack it and send the files one by one.",
            Self::Markup => "Web pages, SVG and XML files are not accepted. Send a screenshot or a PDF.",
            Self::TwoKinds => {
                "Another file is hidden in this one. Save it again with the program that made it, then send it."
            }
            Self::Video => {
                "Videos are not accepted yet. Send a still picture or a recording, and write that you have a video."
            }
            Self::Virus => "The security check objects to this file. Clean it, or describe in words what it shows.",
        }
    }
}
