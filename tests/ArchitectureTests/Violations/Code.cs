using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.ArchitectureTests.Violations.Code
{
    internal sealed class ReadsTheClock
    {
        public static DateTime Now() => DateTime.UtcNow;
    }

    internal sealed class ReadsTheClockInALambda
    {
        public static Func<Task<DateTimeOffset>> Later() => async () =>
        {
            await Task.Yield();
            return DateTimeOffset.Now;
        };
    }

    internal sealed class ReadsTheProvider
    {
        public static DateTimeOffset Now(TimeProvider clock) => clock.GetUtcNow();
    }

    internal sealed class Sleeps
    {
        public static void Rest() => Thread.Sleep(1);
    }

    internal sealed class BlocksOnATask
    {
        public static void Rest(Task task) => task.Wait();
    }

    internal sealed class FiresAndForgets
    {
        public static async void Go() => await Task.Yield();
    }

    internal sealed class FiresAndForgetsInALambda
    {
        public static Action Go() => async () => await Task.Yield();
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Adapters
{
    public sealed class PublicAdapter : IJournalObserver
    {
        public void OnRecords(IReadOnlyList<JournalRecord> records)
        {
        }
    }

    internal class OpenAdapter : IJournalObserver
    {
        public void OnRecords(IReadOnlyList<JournalRecord> records)
        {
        }
    }

    internal sealed class GoodAdapter : IJournalObserver
    {
        public void OnRecords(IReadOnlyList<JournalRecord> records)
        {
        }
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Messages
{
    internal static partial class FirstLog
    {
        [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "One thing happened.")]
        public static partial void OneThing(ILogger logger);

        [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "A thing of its own happened.")]
        public static partial void OwnThing(ILogger logger);
    }

    internal static partial class SecondLog
    {
        [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Another thing happened.")]
        public static partial void AnotherThing(ILogger logger);
    }

    internal static partial class ThirdLog
    {
        [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "A third thing happened.")]
        public static partial void ThirdThing(ILogger logger);
    }
}
