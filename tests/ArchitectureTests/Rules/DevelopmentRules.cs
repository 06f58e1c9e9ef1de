using System.Xml.Linq;
using Mono.Cecil.Cil;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what is for development alone.</summary>
internal static class DevelopmentRules
{
    /// <summary>The folders, and the part of the namespaces.</summary>
    private const string Name = "Development";

    private const string NotDebug = "'$(Configuration)'!='Debug'";
    private const string Pattern = "**/Development/**";

    private static readonly Rule LeftOut = new(
        $"A project that has a folder {Name} leaves it out of every build but Debug.",
        "What stops stores on request must not be in what is served to anybody, whatever its settings are.",
        $"Give the project an ItemGroup with the condition '$(Configuration)' != 'Debug' in which {Pattern} is removed from Compile, and let nothing put it back.");

    private static readonly Rule Nothing = new(
        "No build but Debug has anything that is for development alone.",
        "What is compiled in can be reached by a mistake in a setting.",
        $"Put it into a folder {Name}, and into the namespace of that folder.");

    /// <summary>The project's own rule, which alone decides.</summary>
    public static IEnumerable<Offence> DevelopmentIsLeftOut(string projectFile)
    {
        var items = XDocument.Load(projectFile).Descendants().Where(element => element.Name.LocalName == "Compile").ToList();
        var leftOut = items.Where(item => Means(item, "Remove", Pattern) && item.Attribute("Condition") is null && Means(item.Parent!, "Condition", NotDebug)).ToList();
        if (leftOut.Count == 0)
        {
            yield return LeftOut.BrokenBy(projectFile, $"does not leave {Pattern} out");
        }

        foreach (var item in items.Where(item => item.Attribute("Include")?.Value.Contains(Name, StringComparison.OrdinalIgnoreCase) == true))
        {
            yield return LeftOut.BrokenBy(projectFile, $"puts {item.Attribute("Include")!.Value} back");
        }
    }

    /// <summary>Neither a type in such a namespace, nor a path below which such endpoints are.</summary>
    public static IEnumerable<Offence> HaveNothingForDevelopment(Subject subject) =>
    [
        .. subject.Types.Where(type => type.Namespace?.Split('.').Contains(Name) == true).Select(type => Nothing.BrokenBy(type, "is for development")),
        .. from one in subject.Methods
           from instruction in one.Method.Body.Instructions
           where instruction.OpCode == OpCodes.Ldstr && ((string)instruction.Operand).Contains("/development/", StringComparison.OrdinalIgnoreCase)
           select Nothing.BrokenBy(one.Owner, $"{one.Method.Name} names {instruction.Operand}"),
    ];

    private static bool Means(XElement element, string attribute, string value) => element.Attribute(attribute)?.Value.Replace(" ", "", StringComparison.Ordinal) == value;
}
