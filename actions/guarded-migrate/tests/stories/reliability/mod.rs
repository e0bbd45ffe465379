//! What happens when something breaks: nothing is lost, nothing is done twice, and the next run tells the truth.

mod alone;
mod between;
mod cuts;
mod disk;
mod kills;
mod locks;
mod random;
mod repeated;
mod signals;
mod together;
mod unfinished;
mod work;
