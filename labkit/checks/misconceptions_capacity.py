"""What learners often believe of ECS's two loops of scaling, each with what is true instead."""

from __future__ import annotations

CAPACITY: dict[str, str] = {
    "the target is a fraction": (
        "TargetValue has the metric's unit, and CPUUtilization is in per cent: 60, not 0.6. Above 0.6 % every task is"
        " too busy, so the service goes to its maximum."
    ),
    "the target is where it begins to hurt": (
        "Target tracking brings the average back to the target and keeps it there. Set where tasks are to be, with room"
        " for the minutes until new ones run."
    ),
    "memory follows the load": (
        "Requests cost cpu here, and a task's memory hardly moves with them. Follow a metric that rises with the load"
        " and falls when tasks are added."
    ),
    "what is up may stay": (
        "With DisableScaleIn the size of the highest peak stays, and is paid for. Another policy or somebody's hand"
        " must shrink it."
    ),
    "a step policy brings its alarm": (
        "Target tracking makes its two alarms. A step policy waits for an alarm of yours that names its ARN in"
        " alarm-actions."
    ),
    "registering is scaling": (
        "register-scalable-target only says what may be scaled and between which bounds. What moves it is a policy or a"
        " scheduled action."
    ),
    "step bounds are values of the metric": (
        "Bounds count from the alarm's threshold. With the threshold 60 and the metric 110 the breach is 50: it must be"
        " within a step."
    ),
    "per cent count tasks": (
        "With PercentChangeInCapacity 3 means three per cent of the tasks: of four that is 0.12, and it becomes one"
        " task. For whole tasks use ChangeInCapacity."
    ),
    "ExactCapacity adds": (
        "ExactCapacity sets the number of tasks: 3 means three in all. To add three, use ChangeInCapacity."
    ),
    "the cooldown is in the way": (
        "A cooldown begins with an activity. Where describe-scaling-activities has none, nothing cools down: look at"
        " alarm and steps."
    ),
    "a lower threshold is a louder alarm": (
        "The alarm is in ALARM already. Find the step that the metric minus the threshold falls into; there is none."
    ),
    "a higher maximum brings tasks": (
        "MaxCapacity is a ceiling. Something must want more tasks first: a policy that is triggered, or a minimum."
    ),
    "a desired count set by hand lasts": (
        "The next time a policy acts it sets the count its metric asks for. Change policy or bounds instead."
    ),
    "a bound ends by itself": (
        "A scheduled action sets bounds, and there they stay until somebody sets others. What goes up at ten needs a"
        " second action that brings it down."
    ),
    "a minimum costs nothing": (
        "MinCapacity holds at all hours. Let a scheduled action raise it before the crowd and lower it afterwards."
    ),
    "a task runs when it is asked for": (
        "A task must be placed, pull its image and start, and machines may have to come first. Let the action be"
        " minutes early."
    ),
    "tracking sees it coming": (
        "Target tracking acts on three minutes that were above the target: it is always late. What you know beforehand"
        " belongs into a scheduled action."
    ),
    "a minimum is headroom": (
        "The group's MinSize is a fixed number of machines, whatever runs on them. When tasks have filled them no room"
        " is left. targetCapacity keeps a share free."
    ),
    "machines by hand are as good": (
        "You have added machines once. Managed scaling works out the size each minute: without need they go again, and"
        " at the next need nobody adds any."
    ),
    "headroom is for nothing": (
        "The lower targetCapacity, the more machines stand empty: at 25 it is three of four. Take the highest that"
        " gives the room you need."
    ),
    "any headroom is enough": (
        "At targetCapacity 90 about a tenth of the machines is free. Work it out: N = M x 100 / targetCapacity, rounded"
        " up."
    ),
    "the warm-up is a machine's start": (
        "instanceWarmupPeriod holds back the next scale-out while a machine is young. How fast a machine starts it does"
        " not change, and it keeps nothing free."
    ),
    "larger steps come sooner": (
        "minimumScalingStepSize says how many machines a scale-out adds at least. It begins when tasks already wait."
    ),
    "the default strategy is for services that run": (
        "The cluster's default strategy is read when a task or service is made without strategy and launch type. A"
        " service that runs keeps what it has."
    ),
    "a higher maximum brings machines": (
        "MaxSize is a ceiling, and the group isn't at it. Nobody asks for machines: tasks with a launch type don't wait"
        " in PROVISIONING and don't count."
    ),
    "wanting more brings machines": (
        "Tasks with a launch type find room or fail. Only tasks that ask for a capacity provider wait in PROVISIONING"
        " and make its reservation rise."
    ),
    "a new deployment asks the provider": (
        "A new deployment starts tasks the way the service says, and that is still its launch type. Give it a capacity"
        " provider strategy as well."
    ),
    "the base may be anyone's": (
        "The base is where the first tasks go. If those must be sure, it belongs to the on-demand provider: Spot"
        " machines may be taken away."
    ),
    "weights look after the first tasks": (
        "Weights share tasks out in their ratio from the first one on. What must be there in any case is the base."
    ),
    "the base grows with the service": (
        "The base is a fixed number of tasks. What grows with the service is the share that its weight gives."
    ),
    "one in four is one to four": ("Weights are a ratio: 1 to 4 gives one task in five. One in four is 1 to 3."),
    "one service's strategy is the cluster's": (
        "A strategy given with create-service holds for that service. What others get without one is the cluster's"
        " default: put-cluster-capacity-providers."
    ),
    "weight 0 shares evenly": ("A provider of weight 0, the default of the API, gets its base and nothing beyond it."),
    "the two alarms are one": (
        "Between nine tenths of the target and the target neither alarm is in ALARM, and nothing happens. That gap"
        " keeps the size still."
    ),
    "the desired count is reckoned from": (
        "Policies reckon with the tasks that run. Those that wait for a machine do no work yet."
    ),
    "silence is zero": (
        "No value is not the value 0. An alarm without data goes to INSUFFICIENT_DATA, and nothing is scaled, unless"
        " you say how to treat missing data."
    ),
    "ECS adds machines for cpu": (
        "Managed scaling looks at machines needed for tasks, not at what they use. Machines at 100 % cpu with no task"
        " in PROVISIONING bring none."
    ),
    "100 means that it is full": (
        "At 100 every machine has a task and nothing waits. There may be room on each of them, or on none."
    ),
    "a cooldown stops everything": (
        "Out again at once if more is needed: what was just added counts. Only scale-in waits for its cooldown to end."
    ),
}
