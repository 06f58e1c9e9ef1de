using Mono.Cecil;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what the compiled code calls.</summary>
internal static class CodeRules
{
    private static readonly Rule Clock = new(
        "Nothing reads the machine's clock but a TimeProvider.",
        "A test cannot move the machine's clock: what depends on it is never seen to expire.",
        "Take a TimeProvider and call GetUtcNow, or GetTimestamp to measure.");

    private static readonly Rule Sleep = new(
        "Nothing blocks a thread to wait.",
        "Blocked threads are what a server runs out of first; a task that is waited for synchronously can dead-lock.",
        "Await Task.Delay with the TimeProvider, or what is really waited for.");

    private static readonly Rule AsyncVoid = new(
        "No method is async void.",
        "Its exception ends the process and its end can be awaited by nobody.",
        "Return a Task and await it, or keep it and observe its failure.");

    private static readonly string[] Clocks =
    [
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today",
        "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
        "System.Environment::get_TickCount", "System.Environment::get_TickCount64",
    ];

    private static readonly string[] Blockers =
    [
        "System.Threading.Thread::Sleep", "System.Threading.Tasks.Task::Wait", "System.Threading.Tasks.Task::WaitAll", "System.Threading.Tasks.Task::WaitAny",
    ];

    /// <summary>Time comes through the port. The engine's clock alone, where the provider is the system's, asks the kernel's coarse clock beside it.</summary>
    public static IEnumerable<Offence> ReadNoClock(Subject subject) =>
        CallNoneOf(subject, Clock, Clocks).Where(offence => offence.Offender != "NeuroLab.Infrastructure.Caching.Engine.CacheClock");

    /// <summary>Waiting is asynchronous.</summary>
    public static IEnumerable<Offence> BlockNoThread(Subject subject) => CallNoneOf(subject, Sleep, Blockers);

    /// <summary>Every asynchronous method can be awaited.</summary>
    public static IEnumerable<Offence> HaveNoAsyncVoid(Subject subject) =>
        from one in subject.Methods
        where one.Method.ReturnType.FullName == "System.Void"
            && one.Method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "AsyncStateMachineAttribute")
        select AsyncVoid.BrokenBy(one.Owner, $"{one.Method.Name} is async void");

    private static IEnumerable<Offence> CallNoneOf(Subject subject, Rule rule, string[] members) =>
        from one in subject.Methods
        from instruction in one.Method.Body.Instructions
        where instruction.Operand is MethodReference
        let called = $"{((MethodReference)instruction.Operand).DeclaringType.FullName}::{((MethodReference)instruction.Operand).Name}"
        where members.Contains(called)
        select rule.BrokenBy(one.Owner, $"{one.Method.Name} calls {called}");
}
