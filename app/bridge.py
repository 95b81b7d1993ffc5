"""The thread between the station and the window, and the mailbox it leaves everything in.

The thread never calls into the window: it puts mail; the window takes it when its heart beats. What may be superseded
(the latest state) is; what may not (answers, notices) waits until it has been taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

from app.messages import Mail, Request

PATIENCE = 5.0  # s a closing window waits for the thread


class Mailbox:
    """Keeps the latest mail; loses no answer and no notice. Any thread may put, any may take."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mail: Mail | None = None
        self._failure: BaseException | None = None

    def put(self, mail: Mail) -> None:
        """Leave mail; what was not taken of the mail before is added to it."""
        with self._lock:
            waiting = self._mail
            if waiting is not None:
                mail = replace(mail, answers=waiting.answers + mail.answers, notices=waiting.notices + mail.notices)
            self._mail = mail

    def take(self) -> Mail | None:
        """All there is since it was last taken, or None."""
        with self._lock:
            mail, self._mail = self._mail, None
            return mail

    def fail(self, error: BaseException) -> None:
        """Leave word that the thread has come to its end by a fault of ours."""
        with self._lock:
            self._failure = error

    def failure(self) -> BaseException | None:
        """The fault that ended the thread, once; None while there is none."""
        with self._lock:
            failure, self._failure = self._failure, None
            return failure


class Session(Protocol):
    """What the thread runs."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Fold frames into mail until cancelled."""
        ...

    def receive(self, request: Request) -> None:
        """Note a request; called in the thread's own loop."""
        ...


class Acquisition:
    """One named thread running asyncio for the life of a session."""

    def __init__(self, begin: Callable[[Mailbox], Session], name: str = "acquisition") -> None:
        self.mailbox = Mailbox()
        self._session = begin(self.mailbox)
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Set the thread going."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def ask(self, request: Request) -> None:
        """Pass a request to the session; without effect once the thread has ended."""
        self._call(lambda: self._session.receive(request))

    def close(self) -> bool:
        """End the thread and wait for it; whether it has ended."""
        self._closing = True
        self._call(self._cancel)
        if self._thread.ident is None:
            self._loop.close()
            return True
        self._thread.join(PATIENCE)
        return not self._thread.is_alive()

    def _call(self, action: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: there is nobody left to ask
            self._loop.call_soon_threadsafe(action)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            if not self._closing:
                self._task = self._loop.create_task(self._session.run())
                self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self.mailbox.fail(error)
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
