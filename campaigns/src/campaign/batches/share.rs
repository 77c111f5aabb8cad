use crate::bench::Bench;

/// How many rows of a batch each service has executed, whatever lives it had meanwhile.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// Of each service: those of earlier lives, and where the count of this one began.
    counted: Vec<(u64, u64)>,
}

impl Share {
    /// A batch begins.
    pub(super) async fn begin(bench: &Bench) -> Self {
        let mut share = Self::default();
        for number in 0..bench.services.len() {
            share.counted.push((0, executed(bench, number).await));
        }
        share
    }

    /// A service is about to be killed.
    pub(super) async fn look(&mut self, bench: &Bench, number: usize) {
        let now = executed(bench, number).await;
        if let Some((rows, from)) = self.counted.get_mut(number) {
            *rows += now.saturating_sub(*from);
            *from = now;
        }
    }

    /// A service counts from nothing again.
    pub(super) fn restarted(&mut self, number: usize) {
        if let Some((_, from)) = self.counted.get_mut(number) {
            *from = 0;
        }
    }

    /// The batch has ended.
    pub(super) async fn end(&mut self, bench: &Bench) {
        for number in 0..self.counted.len() {
            self.look(bench, number).await;
        }
    }

    /// The rows of each service.
    pub(super) fn parts(&self) -> Vec<u64> {
        self.counted.iter().map(|(rows, _)| *rows).collect()
    }
}

/// The rows that this life of a service has executed, by its own count.
async fn executed(bench: &Bench, number: usize) -> u64 {
    let text = bench.caller.metrics(&bench.base(number)).await;
    let lines =
        text.lines().filter(|line| line.starts_with("batch_rows_total{") && line.contains("work=\"run\""));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}
