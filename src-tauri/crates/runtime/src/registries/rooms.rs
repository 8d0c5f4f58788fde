//! Rooms, and the join codes that lead into them: one code a room at a time,
//! one room a code, for a day.
//!
//! Time and chance are parameters, so that nothing here has to be waited for.

use crate::registry::{NoPlace, Registry, RegistryView};
use model::{DisplayName, JoinCode, RoomId};
use parking_lot::Mutex;
use std::sync::Arc;

/// How long a code leads into its room: as long as the platform's tickets.
pub const CODE_VALID_NS: i64 = 24 * 3600 * 1_000_000_000;
/// Codes that are tried before a clash is an error. With 5000 rooms one of 40
/// bits clashes once in 200 million times.
const TRIES: usize = 4;

/// A room.
pub struct Room {
    id: RoomId,
    name: DisplayName,
    /// Its code, while it has one.
    code: Mutex<Option<JoinCode>>,
}

/// Where a code leads to.
struct Ticket {
    room: RoomId,
    until_ns: i64,
}

/// The rooms and their codes.
pub struct Rooms {
    rooms: Registry<RoomId, Room>,
    codes: Registry<JoinCode, Ticket>,
}

impl Room {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &RoomId {
        &self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &DisplayName {
        &self.name
    }

    /// Its code; it may have expired.
    #[must_use]
    pub fn code(&self) -> Option<JoinCode> {
        *self.code.lock()
    }
}

impl Rooms {
    /// No room yet, and `max` at most.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { rooms: Registry::new("rooms", max), codes: Registry::new("join codes", max) }
    }

    /// Opens a room under a new code, which `chance` makes.
    ///
    /// # Errors
    /// [`NoPlace`]: the id is taken, there are too many rooms, or no code is free.
    pub fn open(
        &self,
        id: RoomId,
        name: DisplayName,
        chance: &mut dyn FnMut() -> u64,
        now_ns: i64,
    ) -> Result<Arc<Room>, NoPlace> {
        let room = Arc::new(Room { id: id.clone(), name, code: Mutex::default() });
        self.rooms.add(id, Arc::clone(&room))?;
        self.give_code(&room, chance, now_ns).inspect_err(|_| drop(self.rooms.remove(&room.id)))?;
        Ok(room)
    }

    /// Gives a room another code; the one before leads nowhere from then on.
    ///
    /// # Errors
    /// [`NoPlace`]: no code is free. The room keeps its code then, unless another
    /// room has taken its place at this very moment.
    pub fn renew_code(
        &self,
        room: &Room,
        chance: &mut dyn FnMut() -> u64,
        now_ns: i64,
    ) -> Result<JoinCode, NoPlace> {
        self.give_code(room, chance, now_ns)
    }

    fn give_code(
        &self,
        room: &Room,
        chance: &mut dyn FnMut() -> u64,
        now_ns: i64,
    ) -> Result<JoinCode, NoPlace> {
        let mut code = room.code.lock();
        let before = code.take();
        // First, so that the last room of a full registry can have another one.
        let old = before.and_then(|old| self.codes.remove_if(&old, |ticket| ticket.room == room.id));
        match self.issue(room, chance, now_ns) {
            Ok(new) => Ok(*code.insert(new)),
            Err(why) => {
                *code =
                    before.zip(old).and_then(|(old, ticket)| self.codes.add(old, ticket).ok().map(|()| old));
                Err(why)
            }
        }
    }

    fn issue(&self, room: &Room, chance: &mut dyn FnMut() -> u64, now_ns: i64) -> Result<JoinCode, NoPlace> {
        let ticket =
            Arc::new(Ticket { room: room.id.clone(), until_ns: now_ns.saturating_add(CODE_VALID_NS) });
        for _ in 0..TRIES {
            let code = JoinCode::from_chance(chance());
            match self.codes.add(code, Arc::clone(&ticket)) {
                Ok(()) => return Ok(code),
                Err(NoPlace::Taken) => {}
                Err(NoPlace::Full) => return Err(NoPlace::Full),
            }
        }
        Err(NoPlace::Taken)
    }

    /// A room by its id.
    #[must_use]
    pub fn get(&self, id: &RoomId) -> Option<Arc<Room>> {
        self.rooms.get(id)
    }

    /// The room that a code leads to, as long as it is valid.
    #[must_use]
    pub fn by_code(&self, code: &JoinCode, now_ns: i64) -> Option<Arc<Room>> {
        let ticket = self.codes.get(code).filter(|ticket| now_ns < ticket.until_ns)?;
        self.rooms.get(&ticket.room)
    }

    /// Closes a room; false if it was not there.
    pub fn close(&self, id: &RoomId) -> bool {
        let Some(room) = self.rooms.remove(id) else { return false };
        if let Some(code) = room.code.lock().take() {
            self.codes.remove_if(&code, |ticket| ticket.room == room.id);
        }
        true
    }

    /// Lets go of codes that have expired, or lead into no room any more.
    pub fn sweep(&self, now_ns: i64) {
        let leads_nowhere =
            |ticket: &Ticket| now_ns >= ticket.until_ns || self.rooms.get(&ticket.room).is_none();
        self.codes.remove_where(leads_nowhere);
    }

    /// Rooms and join codes as the operator sees them.
    #[must_use]
    pub fn views(&self) -> [RegistryView; 2] {
        [self.rooms.view(), self.codes.view()]
    }
}
