"""Comments and tasks: what people of the desk say to one another of a story, and who does what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from articles import assigning, commenting, notifying
from articles.admin.page import StoryPages, person
from articles.models import Article, Assignment, Comment
from media.errors import NewsroomError


class CommentPages(StoryPages):
    def comment_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "articles_article"
        return [
            path("<int:pk>/comments/", view(self.comments_view), name=f"{name}_comments"),
            path("<int:pk>/comments.json", view(self.passages_view), name=f"{name}_passages"),
            path("notices/", view(self.notices_view), name=f"{name}_notices"),
        ]

    def comments_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that was said of a story, and whose task it is; every act is one form.

        Whoever may look may say what they see.
        """
        article = self.story(request, pk)
        if request.method == "POST":
            self._act(request, article)
            return redirect("admin:articles_article_comments", article.pk)
        threads = list(article.comments.threads())
        return self.page(
            request,
            "comments",
            article,
            title="Comments and tasks",
            open_threads=[thread for thread in threads if thread.resolved_at is None],
            resolved_threads=[thread for thread in threads if thread.resolved_at is not None],
            tasks=article.assignments.open().select_related("person", "by"),
            people=assigning.staff(),
        )

    def _act(self, request: HttpRequest, article: Article) -> None:
        try:
            ACTS[request.POST.get("act", "")](article, request.POST, person(request))
        except KeyError as error:
            raise PermissionDenied from error
        except NewsroomError as error:
            self.message_user(request, str(error), messages.ERROR)

    def passages_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The open comments on passages, for the marks in the text; a POST adds one."""
        article = self.story(request, pk)
        error = ""
        if request.method == "POST":
            passage = request.POST.get("passage", "")
            try:
                commenting.comment(
                    article,
                    request.POST.get("text", ""),
                    by=person(request),
                    passage=passage,
                )
            except NewsroomError as refused:
                error = str(refused)
        threads = article.comments.threads().open()
        found = [_as_json(thread) for thread in threads]
        return JsonResponse({"comments": found, "error": error}, status=400 if error else 200)

    def notices_view(self, request: HttpRequest) -> HttpResponse:
        """What this person is told; looking at it is reading it."""
        notices = list(person(request).notices.newest_first()[:100])
        tasks = Assignment.objects.open().for_person(person(request))
        notifying.read_all(person(request))
        return self.page(request, "notices", None, title="For you", notices=notices, tasks=tasks)


def _comment(article: Article, said: Any, person: User) -> None:
    commenting.comment(article, said.get("text", ""), by=person, passage=said.get("passage", ""))


def _answer(article: Article, said: Any, person: User) -> None:
    commenting.answer(_thread(article, said), said.get("text", ""), by=person)


def _resolve(article: Article, said: Any, person: User) -> None:
    commenting.resolve(_thread(article, said), by=person)


def _reopen(article: Article, said: Any, person: User) -> None:
    commenting.reopen(_thread(article, said))


def _assign(article: Article, said: Any, person: User) -> None:
    whom = get_object_or_404(User, username=said.get("person", ""))
    assigning.assign(article, whom, by=person, note=said.get("note", ""))


def _finish(article: Article, said: Any, person: User) -> None:
    assigning.finish(get_object_or_404(article.assignments, pk=_number(said, "task")))


def _thread(article: Article, said: Any) -> Comment:
    return get_object_or_404(article.comments, pk=_number(said, "thread"))


def _number(said: Any, name: str) -> int:
    text = said.get(name, "")
    return int(text) if text.isdecimal() else 0


ACTS = {
    "comment": _comment,
    "answer": _answer,
    "resolve": _resolve,
    "reopen": _reopen,
    "assign": _assign,
    "finish": _finish,
}


def _as_json(thread: Comment) -> dict[str, object]:
    page = reverse("admin:articles_article_comments", args=[thread.article_id])
    return {
        "id": thread.pk,
        "passage": thread.passage,
        "text": thread.text,
        "by": str(thread.by or "somebody"),
        "answers": len(thread.replies.all()),
        "url": f"{page}#c{thread.pk}",
    }
