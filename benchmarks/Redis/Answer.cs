using System.Globalization;

namespace NeuroLab.Benchmarks.Redis;

/// <summary>An answer as a dashboard gives it: about 1 KB of JSON, of an immutable type. Every contestant reads and writes this one.</summary>
internal sealed record Answer(Guid Owner, string Period, int TotalExperiments, double CompletionRate, DateTime ComputedAt, IReadOnlyList<AnswerRow> Recent)
{
    private const int Rows = 5;

    public static Answer Of(int number)
    {
        var random = new Random(number);
        var bytes = new byte[16];
        return new Answer(Id(), "30d", number, random.NextDouble() * 100, At(), [.. Enumerable.Range(0, Rows).Select(_ => Row())]);

        AnswerRow Row() => new(
            Id(),
            string.Create(CultureInfo.InvariantCulture, $"Experiment {random.Next(1000)}"),
            random.Next(2) == 0 ? "reaction_time" : "heart_rate",
            "completed",
            At(),
            random.NextDouble() * 100,
            random.NextDouble() * 10);

        Guid Id()
        {
            random.NextBytes(bytes);
            return new Guid(bytes);
        }

        DateTime At() => new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(2_000_000));
    }
}

/// <summary>One row of the list in it.</summary>
internal sealed record AnswerRow(Guid Id, string Name, string ExperimentType, string Status, DateTime CreatedAt, double Mean, double StdDev);
