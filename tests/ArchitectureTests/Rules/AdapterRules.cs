using System.Reflection;
using Microsoft.Extensions.Logging;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what implements the ports.</summary>
internal static class AdapterRules
{
    private static readonly Rule Hidden = new(
        "An adapter of a port is internal and sealed.",
        "Whoever names an adapter instead of its port cannot be given another, nor a fake.",
        "Make it `internal sealed`, register it in the area's Add method and inject the port.");

    private static readonly Rule EventIds = new(
        "Every log message has an event id of its own, given in the source.",
        "Operators filter and alert by event id; two messages under one id cannot be told apart.",
        "Give the message the next free id of its area.");

    /// <summary>Adapters are reached through their port.</summary>
    /// <param name="subject">Where the adapters are.</param>
    /// <param name="ports">The assembly that defines the ports.</param>
    public static IEnumerable<Offence> AdaptersAreInternalSealed(Subject subject, Assembly ports) =>
        from type in subject.Types
        where type.IsConcrete() && type.GetInterfaces().Any(port => port.Assembly == ports)
        where type.IsVisible || !type.IsSealed
        select Hidden.BrokenBy(type, type.IsVisible ? "is public" : "is not sealed");

    /// <summary>Messages are told apart.</summary>
    public static IEnumerable<Offence> EventIdsAreUnique(IEnumerable<Subject> subjects)
    {
        var messages =
            from subject in subjects
            from type in subject.Types
            from method in type.GetMethods(Members.Declared)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select (Type: type, Method: method, message.EventId);
        return
            from same in messages.GroupBy(message => message.EventId)
            where same.Count() > 1 || same.Key <= 0
            from message in same
            select EventIds.BrokenBy(message.Type, $"{message.Method.Name} has the event id {message.EventId}{(same.Key <= 0 ? "" : $", as have {same.Count() - 1} more")}");
    }
}
