using System.Globalization;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>Prints a Markdown table.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] row) => _rows.Add(row);

    public void Print(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine();
        var widths = header.Select((name, column) => _rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        Line(header);
        Line([.. widths.Select(static width => new string('-', width))]);
        _rows.ForEach(Line);

        void Line(string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
    }

    /// <summary>A duration in the unit in which it reads well.</summary>
    public static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000:0.0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:0.0} ms"),
    };

    /// <summary>Bytes; a part of one is what a round allocates beside its operations.</summary>
    public static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:0}");

    public static string Ratio(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}");

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
