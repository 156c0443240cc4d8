//! Scripts: what a voice that reads one language can make of the others.

/// A way of writing that is not the Latin alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Αβγ.
    Greek,
    /// Абв.
    Cyrillic,
    /// אבג.
    Hebrew,
    /// ابت.
    Arabic,
    /// कखग.
    Devanagari,
    /// กขค.
    Thai,
    /// 한국어.
    Korean,
    /// かな, and Chinese characters beside it.
    Japanese,
    /// 汉字.
    Chinese,
    /// Any other.
    Other,
}

impl Script {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Greek => "Greek",
            Self::Cyrillic => "Cyrillic",
            Self::Hebrew => "Hebrew",
            Self::Arabic => "Arabic",
            Self::Devanagari => "Devanagari",
            Self::Thai => "Thai",
            Self::Korean => "Korean",
            Self::Japanese => "Japanese",
            Self::Chinese => "Chinese",
            Self::Other => "another script",
        }
    }

    /// Whether people mix the two within a text.
    fn is_written_with(self, other: Self) -> bool {
        let is_east_asian = |script| matches!(script, Self::Chinese | Self::Japanese);
        self == other || (is_east_asian(self) && is_east_asian(other))
    }

    /// The script of a letter; `None` for Latin letters and for all that is no letter. Ranges are Unicode's blocks.
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            '\0'..='\u{2ff}' | '\u{1d00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' => return None,
            '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab6f}' => return None,
            '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' => return None,
            // Letters as symbols: the sign for "trade mark", letters in circles, letters of formulas.
            '\u{2000}'..='\u{2bff}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f000}'..='\u{1faff}' => {
                return None;
            }
            _ if !letter.is_alphabetic() => return None,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' => {
                Self::Cyrillic
            }
            '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}' => Self::Hebrew,
            '\u{600}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' => Self::Arabic,
            '\u{fe70}'..='\u{feff}' => Self::Arabic,
            '\u{900}'..='\u{97f}' | '\u{a8e0}'..='\u{a8ff}' => Self::Devanagari,
            '\u{e00}'..='\u{e7f}' => Self::Thai,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => {
                Self::Korean
            }
            '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
                Self::Japanese
            }
            '\u{3005}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => Self::Chinese,
            '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Self::Chinese,
            _ => Self::Other,
        })
    }
}

/// The script that a text is mostly written in, where that is not Latin: more than half of its letters are of other scripts.
/// Names of Greek letters ([`say_foreign`]) do not count, and a text without letters has no script.
#[must_use]
pub fn foreign_script(text: &str) -> Option<Script> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    let (mut latin, mut foreign) = (0, 0);
    for word in text.split_whitespace() {
        if greek_letter(word).is_some() {
            continue;
        }
        for letter in word.chars() {
            let Some(script) = Script::of(letter) else {
                latin += usize::from(letter.is_alphabetic());
                continue;
            };
            foreign += 1;
            match counts.iter_mut().find(|(known, _)| *known == script) {
                Some((_, count)) => *count += 1,
                None => counts.push((script, 1)),
            }
        }
    }
    if foreign <= latin {
        return None;
    }
    // Kana are Japanese, and so are the Chinese characters between them.
    if counts.iter().any(|(script, _)| *script == Script::Japanese) {
        return Some(Script::Japanese);
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(script, _)| script)
}

/// A text as a voice reads it that only knows Latin letters: what is written otherwise is announced rather than read, and a
/// Greek letter by itself has its name.
#[must_use]
pub fn say_foreign(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut announced: Option<Script> = None;
    // Spaces and marks between two foreign words belong to them.
    let mut gap = "";
    let mut is_after_name = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (part, is_word) = same_kind(rest);
        rest = &rest[part.len()..];
        let script = part.chars().find_map(Script::of);
        match (greek_letter(part), script) {
            (None, Some(script)) => {
                if !announced.is_some_and(|before| before.is_written_with(script)) {
                    said.push_str(gap);
                    push_apart(&mut said, &announcement(script));
                }
                announced = Some(script);
                gap = "";
                continue;
            }
            (None, None) if announced.is_some() && !is_word && !ends_clause(part) => {
                gap = part;
                continue;
            }
            _ => said.push_str(std::mem::take(&mut gap)),
        }
        match greek_letter(part) {
            Some(name) => push_apart(&mut said, name),
            None if is_word && (announced.is_some() || is_after_name) => {
                push_apart(&mut said, part);
            }
            None => said.push_str(part),
        }
        is_after_name = greek_letter(part).is_some();
        announced = None;
    }
    said.push_str(gap);
    said
}

/// The longest beginning of a text that is of one script, or no word at all, and whether it is a word.
fn same_kind(text: &str) -> (&str, bool) {
    let kind = |character: char| (character.is_alphabetic(), Script::of(character));
    let first = text.chars().next().map(kind).unwrap_or_default();
    let end = text.find(|character| !is_mark(character) && kind(character) != first);
    (&text[..end.unwrap_or(text.len())], first.0)
}

/// Words do not touch each other.
fn push_apart(said: &mut String, words: &str) {
    if said.ends_with(char::is_alphanumeric) {
        said.push(' ');
    }
    said.push_str(words);
}

fn announcement(script: Script) -> String {
    match script {
        Script::Other => "some words in another script".to_owned(),
        script => format!("some {} words", script.name()),
    }
}

fn ends_clause(text: &str) -> bool {
    text.contains([
        '.', ',', ';', ':', '!', '?', '(', ')', '"', '”', '—', '\n', '。', '，',
    ]) || text.contains(|character: char| character.is_ascii_digit())
}

/// Signs that are written onto the letter before them.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
}

/// The name of a Greek letter that stands by itself, as formulas have it.
fn greek_letter(word: &str) -> Option<&'static str> {
    let mut letters = word.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else {
        return None;
    };
    const NAMES: [(char, &str); 24] = [
        ('α', "alpha"),
        ('β', "beta"),
        ('γ', "gamma"),
        ('δ', "delta"),
        ('ε', "epsilon"),
        ('ζ', "zeta"),
        ('η', "eta"),
        ('θ', "theta"),
        ('ι', "iota"),
        ('κ', "kappa"),
        ('λ', "lambda"),
        ('μ', "mu"),
        ('ν', "nu"),
        ('ξ', "xi"),
        ('ο', "omicron"),
        ('π', "pi"),
        ('ρ', "rho"),
        ('σ', "sigma"),
        ('τ', "tau"),
        ('υ', "upsilon"),
        ('φ', "phi"),
        ('χ', "chi"),
        ('ψ', "psi"),
        ('ω', "omega"),
    ];
    let small = letter.to_lowercase().next()?;
    NAMES
        .iter()
        .find(|(known, _)| *known == small)
        .map(|(_, name)| *name)
}
