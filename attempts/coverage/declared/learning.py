"""What learners do in blocks, how far they are and what it counts for."""

from django.utils.translation import gettext_noop as _

from attempts.coverage.declared.base import Answers

LEARNING: Answers = {
    "Block state (courseware)": {
        "courseware_studentmodule": ("rekeyed", "The learner's work in each block is the attempt itself."),
        "courseware_studentmodulehistory": ("travels", "History points at the state by primary key."),
        "coursewarehistoryextended_studentmodulehistoryextended": (
            "travels",
            "History points at the state by primary key, even from a database of its own.",
        ),
        "courseware_studentfieldoverride": (
            "rekeyed",
            "An extension was given for one attempt; the next one starts without.",
        ),
        "courseware_offlinecomputedgrade": ("rekeyed", "A grade computed outside is one of the attempt it was for."),
        "courseware_xmodulestudentprefsfield": ("kept", _("A preference for a type of block holds in every course.")),
        "courseware_xmodulestudentinfofield": ("kept", _("A preference for all blocks holds in every course.")),
        "courseware_xmoduleuserstatesummaryfield": (
            "kept",
            _("A total over all learners cannot give one learner back."),
        ),
    },
    "Completion (edx-completion)": {
        "completion_blockcompletion": ("rekeyed", "Ticks, progress and the place to resume at belong to the attempt."),
    },
    "Completion sums (openedx-completion-aggregator)": {
        "completion_aggregator_aggregator": ("rekeyed", "Sums of the old attempt would show progress not yet made."),
        "completion_aggregator_stalecompletion": (
            "rekeyed",
            "Sums still to be made for the old attempt must not be made for the new one.",
        ),
    },
    "Grades": {
        "grades_persistentcoursegrade": ("rekeyed", "The course grade is the result of the attempt."),
        "grades_persistentsubsectiongrade": ("rekeyed", "Grades of subsections are results of the attempt."),
        "grades_persistentsubsectiongradeoverride": (
            "travels",
            "A grade set by hand points at the subsection's grade.",
        ),
        "grades_historicalpersistentsubsectiongradeoverride": (
            "travels",
            "The history of such a grade points at the same row.",
        ),
        "grades_visibleblocks": ("kept", _("A list of blocks is shared by all learners who see the same ones.")),
    },
    "Bulk grades (edx-bulk-grades)": {
        "bulk_grades_scoreoverrider": ("travels", "Who set a score points at the state of the block."),
    },
    "Problem Builder": {
        "problem_builder_answer": ("rekeyed", "Answers kept outside block state would fill in the next attempt."),
        "problem_builder_share": ("kept", _("A report was shown to another learner, who keeps it.")),
    },
    "Competencies (openedx-core)": {
        "openedx_learning_studentcompetencycriterionstatus": (
            "valued",
            "The status in a course is put aside, since there is one for a learner and criterion.",
        ),
        "openedx_learning_studentcompetencycriteriagroupstatus": (
            "valued",
            "The status in a course is put aside, since there is one for a learner and group.",
        ),
        "openedx_learning_studentcompetencystatus": ("kept", _("A competency is held across courses.")),
        "openedx_catalog_pathwayenrollment": ("kept", _("A pathway leads through several courses.")),
    },
    "Studio": {
        "contentstore_componentlink": (
            "kept",
            _("What a course takes from a library is content; it names no learner."),
        ),
        "contentstore_containerlink": (
            "kept",
            _("What a course takes from a library is content; it names no learner."),
        ),
    },
    "Learning assistant": {
        "learning_assistant_learningassistantmessage": (
            "kept",
            _("A talk with an assistant is no work and no result."),
        ),
    },
}
