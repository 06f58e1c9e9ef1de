namespace NeuroLab.Application.Dashboard;

/// <summary>The periods that charts cover.</summary>
internal static class ChartPeriods
{
    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["7d", "30d", "90d", "all"];

    /// <summary>How many days a period reaches back; null: to the beginning.</summary>
    public static int? DaysOf(string name) => name switch
    {
        "7d" => 7,
        "30d" => 30,
        "90d" => 90,
        "all" => null,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
