using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>The Dockerfile, instruction by instruction.</summary>
internal sealed class ContainerFile
{
    private ContainerFile(IReadOnlyList<(string Name, string Text)> instructions) => Instructions = instructions;

    /// <summary>Every instruction with what stands behind its name; lines that go on are put together.</summary>
    public IReadOnlyList<(string Name, string Text)> Instructions { get; }

    /// <summary>The instructions of the image that is shipped: those behind the last FROM, it included.</summary>
    public IReadOnlyList<(string Name, string Text)> Shipped => [.. Instructions.Skip(Instructions.Select(one => one.Name).ToList().LastIndexOf("FROM"))];

    /// <summary>What is copied from the repository, source and destination below the build's folder.</summary>
    public IEnumerable<(string Source, string Destination)> Copies =>
        from one in Instructions
        where one.Name == "COPY" && !one.Text.StartsWith("--", StringComparison.Ordinal)
        let words = one.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        from source in words[..^1]
        select (source, words[^1]);

    /// <summary>The environment that the image gives to its processes.</summary>
    public IReadOnlyDictionary<string, string> Environment => Shipped.Where(one => one.Name == "ENV")
        .SelectMany(one => one.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>Reads it.</summary>
    public static ContainerFile Read()
    {
        var instructions = new List<(string, string)>();
        var pending = "";
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "Dockerfile")).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            pending += line.TrimEnd('\\');
            if (!line.EndsWith('\\'))
            {
                var space = pending.IndexOf(' ', StringComparison.Ordinal);
                instructions.Add((pending[..space], pending[space..].Trim()));
                pending = "";
            }
        }

        return new ContainerFile(instructions);
    }

    /// <summary>What stands behind the one instruction of a name in the image that is shipped.</summary>
    public string Single(string name) => Shipped.Single(one => one.Name == name).Text;

    /// <summary>The words of a JSON list: <c>["dotnet", "/app/x.dll"]</c>.</summary>
    public static string[] Words(string list) => System.Text.Json.JsonSerializer.Deserialize<string[]>(list[list.IndexOf('[', StringComparison.Ordinal)..])!;
}
