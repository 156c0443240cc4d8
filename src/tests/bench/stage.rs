//! Everything that streams are played on: the upstream, nginx before it, and the server; and playing them.

use super::{
    BenchPrograms,
    answer::{MAX_TOKENS, Question, Recorded, ask_server, ask_upstream},
    outcome::{Outcome, Wanted, beginnings},
    usage::Meter,
};
use crate::{
    programs::{
        nginx::Nginx,
        person::sign_up,
        server::{Home, Server},
        upstream::Upstream,
    },
    support::{client::http_client, person::Person},
};
use std::{io, process, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::sleep};

/// Streams that one person has open.
const STREAMS_PER_PERSON: usize = 4;

/// How streams that begin one after another are spread over the time between two tokens: the golden ratio's fractions stay
/// apart however many there are. Without it, streams that begin at even distances might all have their tokens due at once.
const SPREAD: f64 = 0.618_033_988_749_895;

/// Many streams at once.
#[derive(Clone, Copy, Debug)]
pub struct Play {
    /// How many are open at once.
    pub streams: usize,
    /// Tokens in each answer.
    pub tokens: usize,
    /// Tokens a second in each.
    pub rate: usize,
    /// How many answers each stream has, one after another.
    pub rounds: usize,
    /// Streams begin one after another, as people do: within this share of the time that an answer takes.
    pub ramp: f64,
}

impl Play {
    /// How long it takes.
    pub fn duration(&self) -> Duration {
        self.answer_duration()
            .mul_f64(self.ramp + self.rounds as f64)
    }

    /// Whether the right answer can be told from a wrong one.
    ///
    /// # Errors
    /// A sentence for whoever asked for it.
    pub fn check(&self) -> io::Result<()> {
        let is_something = self.streams > 0 && self.rate > 0 && self.rounds > 0;
        if is_something && (1..=MAX_TOKENS).contains(&self.tokens) {
            return Ok(());
        }
        let message = format!(
            "{} streams of {} tokens, {} a second: each must be at least 1, the tokens at most {MAX_TOKENS}",
            self.streams, self.tokens, self.rate
        );
        Err(io::Error::other(message))
    }

    fn answer_duration(&self) -> Duration {
        Duration::from_secs(self.tokens as u64) / u32::try_from(self.rate).unwrap_or(u32::MAX)
    }

    /// When a stream begins.
    fn start(&self, stream: usize) -> Duration {
        let turn = stream as f64 / self.streams as f64;
        let phase = (stream as f64 * SPREAD).fract() / self.rate as f64;
        self.answer_duration().mul_f64(self.ramp * turn) + Duration::from_secs_f64(phase)
    }

    fn question(&self, route: &Route<'_>, stream: usize, round: usize) -> Question {
        Question {
            name: format!("{}-{stream}-{round}", route.name()),
            tokens: self.tokens,
            rate: self.rate,
        }
    }
}

/// Which way answers come.
pub enum Route<'a> {
    /// Straight from the upstream.
    Direct,
    /// Through nginx.
    Nginx(&'a Nginx),
    /// Through the server, to people with accounts.
    Server(&'a Server, Vec<Arc<Person>>),
}

impl Route<'_> {
    /// What tables call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Nginx(_) => "nginx",
            Self::Server(..) => "InspireAI",
        }
    }

    fn pids(&self) -> io::Result<Vec<u32>> {
        match self {
            Self::Direct => Ok(Vec::new()),
            Self::Nginx(nginx) => nginx.pids(),
            Self::Server(server, _) => Ok(vec![server.pid()]),
        }
    }

    fn person(&self, stream: usize) -> Option<&Arc<Person>> {
        match self {
            Self::Server(_, people) => people.get(stream / STREAMS_PER_PERSON),
            _ => None,
        }
    }
}

/// The three ways' outcomes, each played alone.
pub struct Outcomes {
    /// Straight from the upstream.
    pub direct: Outcome,
    /// Through nginx.
    pub nginx: Outcome,
    /// Through the server.
    pub server: Outcome,
}

impl Outcomes {
    /// Answers that were not as they must be.
    pub fn wrong(&self) -> usize {
        self.direct.wrong() + self.nginx.wrong() + self.server.wrong()
    }
}

/// A server, and people with accounts there.
pub struct Settled {
    /// Gone with the server.
    _home: Home,
    server: Server,
    people: Vec<Arc<Person>>,
}

impl Settled {
    /// The people.
    pub fn people(&self) -> &[Arc<Person>] {
        &self.people
    }

    /// Stops the server.
    pub async fn stop(self) -> io::Result<()> {
        self.server.stop().await
    }
}

/// What is there while everything is measured.
pub struct Stage<'a> {
    programs: &'a BenchPrograms,
    upstream: Upstream,
    nginx: Nginx,
    http: reqwest::Client,
}

impl<'a> Stage<'a> {
    /// Starts the upstream, and nginx before it.
    pub async fn set(programs: &'a BenchPrograms) -> io::Result<Self> {
        let upstream = Upstream::start(&programs.programs).await?;
        Ok(Self {
            programs,
            nginx: Nginx::start(&[upstream.address()], "/v1/models").await?,
            upstream,
            http: http_client(),
        })
    }

    /// Plays the same three times: straight from the upstream, through nginx, and through a fresh server.
    pub async fn play_all(&self, play: &Play) -> io::Result<Outcomes> {
        play.check()?;
        Ok(Outcomes {
            direct: self.play(&Route::Direct, play).await?,
            nginx: self.play_through_nginx(play).await?,
            server: self.play_through_server(play).await?,
        })
    }

    /// Plays through nginx.
    pub async fn play_through_nginx(&self, play: &Play) -> io::Result<Outcome> {
        self.play(&Route::Nginx(&self.nginx), play).await
    }

    /// Plays through a fresh server.
    pub async fn play_through_server(&self, play: &Play) -> io::Result<Outcome> {
        let people = play.streams.div_ceil(STREAMS_PER_PERSON);
        let settled = self.settle(people, false).await?;
        let outcome = self.play_at(&settled, play).await?;
        settled.stop().await?;
        Ok(outcome)
    }

    /// Starts a fresh server, with the models that listen and speak if they are wanted, where so many people have accounts.
    pub async fn settle(&self, people: usize, with_speech: bool) -> io::Result<Settled> {
        let home = Home::new()?;
        let server = self
            .programs
            .start(&home, &self.upstream, with_speech)
            .await?;
        server.learn_tools().await?;
        let mut settled = Settled {
            _home: home,
            server,
            people: Vec::with_capacity(people),
        };
        for index in 0..people {
            let name = format!("person-{index}");
            let person = sign_up(&self.http, settled.server.address(), &name).await?;
            settled.people.push(Arc::new(person));
        }
        Ok(settled)
    }

    /// Plays through a server that is there.
    pub async fn play_at(&self, settled: &Settled, play: &Play) -> io::Result<Outcome> {
        let route = Route::Server(&settled.server, settled.people.clone());
        self.play(&route, play).await
    }

    /// Plays all streams, and judges them when the last has ended, so that judging takes no time from reading.
    async fn play(&self, route: &Route<'_>, play: &Play) -> io::Result<Outcome> {
        eprintln!(
            "{}: {} streams of {} tokens a second, about {:.0} s",
            route.name(),
            play.streams,
            play.rate,
            play.duration().as_secs_f64()
        );
        self.upstream.forget(&self.http).await?;
        let between = Meter::start(route.pids()?)?;
        let upstream = Meter::start(vec![self.upstream.pid()])?;
        let readers = Meter::start(vec![process::id()])?;
        let (mut outcome, recorded) = self.record(route, play).await;
        outcome.between = between.read()?;
        outcome.upstream = upstream.read()?;
        outcome.readers = readers.read()?;

        let beginnings = beginnings(&self.upstream, &self.http).await?;
        let wanted = Wanted::of(&play.question(route, 0, 0));
        for (stream, question, recorded) in recorded {
            let began_at = beginnings.get(&question.text()).copied();
            let conversation = recorded.conversation;
            outcome.add(&question, recorded, &wanted, began_at);
            if let Some((person, conversation)) = route.person(stream).zip(conversation) {
                outcome.look_up(person, conversation, &wanted).await;
            }
        }
        Ok(outcome)
    }

    async fn record(
        &self,
        route: &Route<'_>,
        play: &Play,
    ) -> (Outcome, Vec<(usize, Question, Recorded)>) {
        let mut streams = JoinSet::new();
        for stream in 0..play.streams {
            let questions: Vec<_> = (0..play.rounds)
                .map(|round| play.question(route, stream, round))
                .collect();
            let address = match route {
                Route::Nginx(nginx) => nginx.address(),
                _ => self.upstream.address(),
            };
            let (person, start) = (route.person(stream).cloned(), play.start(stream));
            streams.spawn(async move {
                sleep(start).await;
                let mut answers = Vec::with_capacity(questions.len());
                for question in questions {
                    let recorded = match &person {
                        Some(person) => ask_server(person, &question).await,
                        None => ask_upstream(address, &question).await,
                    };
                    answers.push((question, recorded));
                }
                (stream, answers)
            });
        }
        let mut outcome = Outcome::default();
        let mut all = Vec::with_capacity(play.streams * play.rounds);
        while let Some(stream) = streams.join_next().await {
            match stream {
                Ok((stream, answers)) => {
                    for (question, recorded) in answers {
                        match recorded {
                            Ok(recorded) => all.push((stream, question, recorded)),
                            Err(error) => outcome.fail(&format!("{}: {error}", question.name)),
                        }
                    }
                }
                Err(panic) => outcome.fail(&panic),
            }
        }
        (outcome, all)
    }
}
